using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Calibration of a data set: whether what is predicted with probability p is true in a share p of the pixels.</summary>
/// <remarks>
/// Each pixel that is not ignored gives a probability p_k and a truth y_k (0 or 1) for each class, and its most probable label with
/// probability p̂ and whether it is the true one (binary and multilabel, for each channel: p̂ = max(p, 1 − p)). B bins of equal width,
/// bin b holds (b/B, (b+1)/B], the first one also 0; n_b predictions in it, n in all:
/// <code>
/// ECE      = Σ_b n_b/n · | mean of p̂ in b − share of true labels in b |       0 to 1
/// ECE_k    = Σ_b n_b/n · | mean of p_k in b − share of y_k = 1 in b |         0 to 1
/// Brier_k  = mean of (p_k − y_k)²                                             0 to 1
/// Brier    = Σ_k Brier_k, 0 to 2 (multiclass);  mean over k, 0 to 1 (binary, multilabel)
/// </code>
/// All pixels are pooled, so memory does not grow: 24 bytes for each bin and class. Without pixels all are NaN. Shards merge to the
/// rounding of a sum in float64. Guo et al., arXiv:1706.04599; class-wise ECE: Kull et al., arXiv:1910.12656; Brier, Monthly Weather Review 78 (1950).
/// </remarks>
public sealed class CalibrationMetrics : SegmentationMetrics
{
    private int _images;
    private CalibrationSums? _topLabel;
    private CalibrationSums[]? _byClass;

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public CalibrationMetrics(int classes)
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

    /// <summary>B, 1 to 10,000; 15 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public int Bins
    {
        get;
        init => field = value is >= 1 and <= 10_000 ? value : throw new ArgumentOutOfRangeException(nameof(Bins), value, "Bins must be in 1..10000; 15 is usual.");
    } = 15;

    /// <inheritdoc/>
    public override int Images => _images;

    /// <summary>ECE of the most probable label, 0 to 1; NaN without pixels.</summary>
    public double ExpectedCalibrationError => TopLabel.ExpectedError;

    /// <summary>Brier score of all classes: 0 to 2 in multiclass mode, else 0 to 1; NaN without pixels.</summary>
    public double BrierScore => ByClass.Sum(sums => sums.Brier) / (Mode == SegmentationMode.Multiclass ? 1 : Classes);

    /// <summary>The reliability diagram of the most probable label, bin by bin.</summary>
    public IReadOnlyList<CalibrationBin> Reliability => TopLabel.Bins;

    private CalibrationSums TopLabel => _topLabel ??= new(Bins);

    private CalibrationSums[] ByClass => _byClass ??= [.. Enumerable.Range(0, Layout.Classes).Select(_ => new CalibrationSums(Bins))];

    private MetricLayout Layout => new(Classes, ClassSelection.All, Mode, IgnoreIndex, IgnoreIndices);

    /// <summary>Adds a batch of network outputs before softmax or sigmoid.</summary>
    /// <param name="logits">[N, K, *] (binary: [N, 1, *]), one to three spatial axes.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label is out of range, a logit that counts is NaN or gives no probability, as +∞ before a softmax, or the settings contradict each other; nothing is added.</exception>
    public void AddLogits(Tensor logits, Tensor target) => Add(logits, target, areLogits: true);

    /// <summary>Adds a batch of probabilities.</summary>
    /// <param name="probabilities">[N, K, *] (binary: [N, 1, *]) in [0, 1], in multiclass mode 1 in sum for each pixel, to 0.001.</param>
    /// <param name="target">As for <see cref="OverlapMetrics"/>.</param>
    /// <exception cref="ArgumentException">Shape, dtype or device are wrong, a label or a probability is out of range, or the settings contradict each other; nothing is added.</exception>
    public void AddProbabilities(Tensor probabilities, Tensor target) => Add(probabilities, target, areLogits: false);

    /// <summary>ECE of one class, 0 to 1; NaN without pixels.</summary>
    /// <param name="class">The class.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public double ExpectedCalibrationErrorOf(int @class) => ByClass[Layout.Column(@class)].ExpectedError;

    /// <summary>Brier score of one class, 0 to 1; NaN without pixels.</summary>
    /// <param name="class">The class.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public double BrierScoreOf(int @class) => ByClass[Layout.Column(@class)].Brier;

    /// <summary>The reliability diagram of one class, bin by bin.</summary>
    /// <param name="class">The class.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public IReadOnlyList<CalibrationBin> ReliabilityOf(int @class) => ByClass[Layout.Column(@class)].Bins;

    /// <summary>Adds the pixels of another accumulator with the same settings.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(CalibrationMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Layout.EnsureSame(other.Layout);
        MetricLayout.EnsureSame(nameof(Bins), Bins, other.Bins);
        if (ReferenceEquals(other, this))
        {
            throw new ArgumentException("merging metrics with themselves would count every image twice.", nameof(other));
        }

        Append(other.TopLabel, other.ByClass, other._images);
    }

    /// <inheritdoc/>
    public override void Reset() => (_images, _topLabel, _byClass) = (0, null, null);

    /// <summary>Writes settings and sums as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => MetricJson.Save(path, new CalibrationFile(nameof(CalibrationMetrics), Mode, Classes, IgnoreIndex, Bins, _images, TopLabel, ByClass)
    {
        IgnoreIndices = IgnoreIndices.Count == 0 ? null : [.. IgnoreIndices],
    });

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and sums.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or sums that contradict each other.</exception>
    public static CalibrationMetrics Load(string path)
    {
        var saved = CalibrationFile.Load(path);
        return new(saved.Classes) { Mode = saved.Mode, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [], Bins = saved.Bins, _images = saved.Images, _topLabel = saved.TopLabel, _byClass = saved.ByClass };
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    public override string ToString() => $"{nameof(CalibrationMetrics)} {{ {MetricLayout.Text(() => Layout)}, Bins = {Bins} }}, {Images} images";

    internal override IEnumerable<MetricColumn> Columns()
    {
        static MetricColumn Column(string metric, int? @class, double value) => new(metric, "1", MetricKind.Error, @class, [new(value, EmptyCase.None)], IsPooled: true);
        return
        [
            .. Enumerable.Range(0, Classes).Select(k => Column("ECE", k, ExpectedCalibrationErrorOf(k))),
            Column("ECE", null, ExpectedCalibrationError),
            .. Enumerable.Range(0, Classes).Select(k => Column("Brier", k, BrierScoreOf(k))),
            Column("Brier", null, BrierScore),
        ];
    }

    private void Append(CalibrationSums topLabel, CalibrationSums[] byClass, int images)
    {
        TopLabel.Add(topLabel);
        foreach (var (sums, others) in ByClass.Zip(byClass))
        {
            sums.Add(others);
        }

        _images += images;
    }

    private void Add(Tensor values, Tensor target, bool areLogits)
    {
        var name = areLogits ? "logits" : "probabilities";
        using var scope = NewDisposeScope();
        var (own, ownTarget) = (OwnHandle.On(values, name), OwnHandle.On(target, nameof(target)));
        var input = FlatInput.Of(SegmentationInput.Check(own, ownTarget, Mode, Ignored));
        if (input.Classes != Layout.Classes)
        {
            throw new ArgumentException($"{name} must have {Classes} channels, the classes of these metrics, but its shape is {Shapes.Text(own.shape)}; state the number of classes that the network has.", name);
        }

        LogitsCheck.Numbers(input.Logits, input.Ignored, own.shape, name);
        var count = new CalibrationCount(Bins, Classes, Mode, own.shape, areLogits);
        for (var image = 0L; image < input.Images; image++)
        {
            using var inner = NewDisposeScope();
            count.Add(new ProbabilityPlanes(input, image, areLogits), image);
        }

        Append(count.TopLabel, count.ByClass, (int)input.Images);
    }
}
