namespace SegLossBias;

/// <summary>Metrics of each image and class: single ones, means and medians.</summary>
/// <remarks>
/// With m a metric of image n and class k:
/// <code>
/// Mean             = average of m(n,k) over the structures (n,k) that count
/// MeanOfImageMeans = average over n of the average over k,   MeanOfClassMeans = average over k of the average over n
/// </code>
/// An instance is for one thread at a time; give each worker its own and merge.
/// </remarks>
/// <typeparam name="TScores">What is kept of an image and class.</typeparam>
/// <typeparam name="TMetric">The metrics by name.</typeparam>
public abstract class ClassMetrics<TScores, TMetric> : SegmentationMetrics
    where TScores : struct
    where TMetric : struct, Enum
{
    private readonly List<TScores[]> _images = [];
    private MetricLayout? _layout;

    private protected ClassMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>How labels and logits are read; multiclass by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public SegmentationMode Mode
    {
        get;
        init => field = SettingCheck.Defined(value, nameof(Mode));
    }

    /// <summary>Which classes to evaluate; all by default, <see cref="ClassSelection.WithoutBackground"/> is usual.</summary>
    public ClassSelection Selection
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Selection));
            field = value;
        }
    } = ClassSelection.All;

    /// <summary>The evaluated classes; 0, the foreground, in binary mode.</summary>
    /// <exception cref="ArgumentException">Classes, mode and selection contradict each other.</exception>
    public IReadOnlyList<int> Evaluated => Layout.Selected;

    /// <inheritdoc/>
    public override int Images => _images.Count;

    /// <summary>The settings are checked together when they are first used.</summary>
    private protected MetricLayout Layout => _layout ??= new(Classes, Selection, Mode, IgnoreIndex, IgnoreIndices);

    private protected IReadOnlyList<TScores[]> Rows => _images;

    /// <summary>What stands before the names of the metrics in a report.</summary>
    private protected virtual string Prefix => "";

    /// <summary>Which metrics a report prints.</summary>
    private protected virtual IEnumerable<TMetric> Reported => Enum.GetValues<TMetric>();

    /// <inheritdoc/>
    public override void Reset() => _images.Clear();

    /// <summary>The scores of one image.</summary>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="class">An evaluated class.</param>
    /// <exception cref="ArgumentException">There is no such image, or the class is not evaluated.</exception>
    public TScores Image(int image, int @class) => Row(image)[Layout.Column(@class)];

    /// <summary>The mean over images and classes.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    /// <exception cref="ArgumentException">There is no such metric, or a policy does not fit it.</exception>
    public MetricSummary Mean(TMetric metric, EmptyPolicies whenEmpty) => Summary(_images.SelectMany(image => image), metric, whenEmpty);

    /// <summary>The mean over images and classes of a score of your own, for example <c>counts => counts.FScore(2)</c>.</summary>
    /// <param name="score">Higher is better; NaN where it is undefined.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    public MetricSummary Mean(Func<TScores, double> score, EmptyPolicies whenEmpty) => Summary(_images.SelectMany(image => image), score, whenEmpty);

    /// <summary>The mean over images of one class.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="class">An evaluated class.</param>
    /// <param name="whenEmpty">What images with an empty mask count.</param>
    /// <exception cref="ArgumentException">The class is not evaluated, there is no such metric, or a policy does not fit it.</exception>
    public MetricSummary MeanOfClass(TMetric metric, int @class, EmptyPolicies whenEmpty)
    {
        var column = Layout.Column(@class);
        return Summary(_images.Select(image => image[column]), metric, whenEmpty);
    }

    /// <summary>The mean over images of a score of your own of one class.</summary>
    /// <param name="score">Higher is better; NaN where it is undefined.</param>
    /// <param name="class">An evaluated class.</param>
    /// <param name="whenEmpty">What images with an empty mask count.</param>
    /// <exception cref="ArgumentException">The class is not evaluated.</exception>
    public MetricSummary MeanOfClass(Func<TScores, double> score, int @class, EmptyPolicies whenEmpty)
    {
        var column = Layout.Column(@class);
        return Summary(_images.Select(image => image[column]), score, whenEmpty);
    }

    /// <summary>The mean over classes of one image.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="image">In the order of adding, from 0.</param>
    /// <param name="whenEmpty">What classes with an empty mask count.</param>
    /// <exception cref="ArgumentException">There is no such image or metric, or a policy does not fit it.</exception>
    public MetricSummary MeanOfImage(TMetric metric, int image, EmptyPolicies whenEmpty) => Summary(Row(image), metric, whenEmpty);

    /// <summary>The mean over images of <see cref="MeanOfImage"/>; images in which no structure counts are left out.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    /// <returns>Over images; those of <see cref="MetricSummary.Skipped"/> are images too, the empty ones structures.</returns>
    /// <exception cref="ArgumentException">There is no such metric, or a policy does not fit it.</exception>
    public MetricSummary MeanOfImageMeans(TMetric metric, EmptyPolicies whenEmpty) =>
        MetricSummary.OverMeans(_images.Select(image => Summary(image, metric, whenEmpty)));

    /// <summary>The mean over classes of <see cref="MeanOfClass(TMetric, int, EmptyPolicies)"/>; classes of which no structure counts are left out.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="whenEmpty">What structures with an empty mask count.</param>
    /// <returns>Over classes; those of <see cref="MetricSummary.Skipped"/> are classes too, the empty ones structures.</returns>
    /// <exception cref="ArgumentException">There is no such metric, or a policy does not fit it.</exception>
    public MetricSummary MeanOfClassMeans(TMetric metric, EmptyPolicies whenEmpty) =>
        MetricSummary.OverMeans(Evaluated.Select(@class => MeanOfClass(metric, @class, whenEmpty)));

    internal override IEnumerable<MetricColumn> Columns() =>
        from metric in Reported
        from column in Enumerable.Range(0, Evaluated.Count)
        select new MetricColumn($"{Prefix}{metric}", UnitOf(metric), KindOf(metric), Evaluated[column], [.. _images.Select(image => ValueOf(image[column], metric))]);

    /// <summary>What is kept says of a metric.</summary>
    private protected abstract StructureValue ValueOf(TScores scores, TMetric metric);

    private protected abstract EmptyCase EmptyOf(TScores scores);

    private protected abstract MetricKind KindOf(TMetric metric);

    private protected virtual string UnitOf(TMetric metric) => KindOf(metric) == MetricKind.Distance ? "mm" : "1";

    private protected void Append(IEnumerable<TScores[]> images) => _images.AddRange(images);

    /// <summary>Appends the images of another accumulator whose own settings have been compared.</summary>
    private protected void Append(ClassMetrics<TScores, TMetric> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Layout.EnsureSame(other.Layout);
        _images.AddRange(ReferenceEquals(other, this) ? throw new ArgumentException("merging metrics with themselves would count every image twice.", nameof(other)) : other._images);
    }

    private protected MetricSummary Summary(IEnumerable<TScores> structures, TMetric metric, EmptyPolicies whenEmpty)
    {
        _ = SettingCheck.Defined(metric, nameof(metric));
        return MetricSummary.Over(structures.Select(scores => ValueOf(scores, metric)), $"{Prefix}{metric}", KindOf(metric), whenEmpty);
    }

    private MetricSummary Summary(IEnumerable<TScores> structures, Func<TScores, double> score, EmptyPolicies whenEmpty)
    {
        ArgumentNullException.ThrowIfNull(score);
        return MetricSummary.Over(structures.Select(scores => new StructureValue(score(scores), EmptyOf(scores))), "a score", MetricKind.Score, whenEmpty);
    }

    private TScores[] Row(int image) => image >= 0 && image < _images.Count
        ? _images[image]
        : throw new ArgumentOutOfRangeException(nameof(image), image, $"there are {_images.Count} images, numbered from 0.");
}
