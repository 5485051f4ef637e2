using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;

namespace SegLossBias;

/// <summary>A whole evaluation as a table and as CSV: every metric of several accumulators, for each class and for all together.</summary>
/// <remarks>
/// The table has mean, standard deviation and median over images (<see cref="MetricSummary"/>), and how many structures counted, were
/// left out, missed and invented. The CSV has a record for each image, class and metric. Both read the accumulators when they are asked for.
/// <code>
/// var report = new MetricReport(overlap, surface) { WhenEmptyOf = { ["SizeError"] = EmptyPolicies.SkipAbsent } };
/// </code>
/// </remarks>
public sealed class MetricReport
{
    private static readonly string[] Head = ["metric", "class", "mean", "SD", "median", "counted", "skipped", "missed", "invented"];

    private readonly SegmentationMetrics[] _metrics;

    /// <summary>A report of accumulators that hold the same images.</summary>
    /// <param name="metrics">In the order of the table.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public MetricReport(params SegmentationMetrics[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (metrics.Length == 0 || metrics.Contains(null))
        {
            throw new ArgumentException("a report needs at least one accumulator, and none may be null; pass those that were filled.", nameof(metrics));
        }

        _metrics = [.. metrics];
    }

    /// <summary>What structures with an empty mask count; <see cref="EmptyPolicies.MissCountsWorst"/> by default.</summary>
    public EmptyPolicies WhenEmpty { get; init => field = SettingCheck.NotNull(value, nameof(WhenEmpty)); } = EmptyPolicies.MissCountsWorst;

    /// <summary>The same for single metrics, by the name that the table has, for example <c>"Hausdorff95"</c>.</summary>
    public IDictionary<string, EmptyPolicies> WhenEmptyOf { get; init => field = SettingCheck.NotNull(value, nameof(WhenEmptyOf)); } = new Dictionary<string, EmptyPolicies>(StringComparer.Ordinal);

    /// <summary>The name of each class; numbers by default.</summary>
    public IReadOnlyList<string> ClassNames { get; init => field = SettingCheck.NotNull(value, nameof(ClassNames)); } = ReadOnlyCollection<string>.Empty;

    /// <summary>The name of each image; numbers from 0 by default.</summary>
    public IReadOnlyList<string> ImageNames { get; init => field = SettingCheck.NotNull(value, nameof(ImageNames)); } = ReadOnlyCollection<string>.Empty;

    /// <summary>The table in Markdown, without a line end after the last line.</summary>
    /// <exception cref="ArgumentException">The accumulators hold different numbers of images, a name is missing, or a policy does not fit its metric.</exception>
    public string ToMarkdown() => TextTable.Markdown(Table());

    /// <summary>The table in aligned columns, without a line end after the last line.</summary>
    /// <exception cref="ArgumentException">As for <see cref="ToMarkdown"/>.</exception>
    public string ToText() => TextTable.Plain(Table());

    /// <summary>
    /// A record for each image, class and metric, RFC 4180: <c>image,class,metric,unit,value,counts,empty</c>. <c>value</c> is what the formula
    /// gives, <c>counts</c> what it counts in a mean, nothing where it is left out. Numbers are invariant, and read back exactly. Values
    /// of all images or classes together have "all" there.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="ToMarkdown"/>.</exception>
    public string ToCsv()
    {
        var text = new StringBuilder(CsvText.Record(["image", "class", "metric", "unit", "value", "counts", "empty"]));
        foreach (var column in Columns())
        {
            var policies = PoliciesOf(column);
            for (var image = 0; image < column.Values.Count; image++)
            {
                var value = column.Values[image];
                var counts = policies.Apply(value, column.Kind);
                text.Append(CsvText.Record([column.IsPooled ? "all" : ImageName(image), ClassName(column.Class), column.Metric, column.Unit, Exact(value.Formula), counts is { } number ? Exact(number) : "", $"{value.Empty}"]));
            }
        }

        return text.ToString();
    }

    /// <summary>Writes <see cref="ToCsv"/> as UTF-8.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    /// <exception cref="ArgumentException">As for <see cref="ToMarkdown"/>.</exception>
    public void SaveCsv(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(ToCsv());
        MetricJson.Save(path, file => file.Write(bytes));
    }

    /// <summary><see cref="ToText"/>.</summary>
    public override string ToString() => ToText();

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Rounded(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private List<string[]> Table()
    {
        List<string[]> rows = [Head];
        foreach (var metric in Columns().GroupBy(column => column.Metric, StringComparer.Ordinal))
        {
            rows.AddRange(metric.Select(column => column.IsPooled ? PooledRow(column) : Row(column)));
            if (metric.Count() > 1 && metric.All(column => column.Class is not null))
            {
                rows.Add(Row(metric.First() with { Class = null, Values = [.. metric.SelectMany(column => column.Values)] }));
            }
        }

        return rows;
    }

    private string[] PooledRow(MetricColumn column) => [column.Metric, ClassName(column.Class), Rounded(column.Values[0].Formula), "", "", "", "", "", ""];

    private string[] Row(MetricColumn column)
    {
        var summary = MetricSummary.Over(column.Values, column.Metric, column.Kind, PoliciesOf(column));
        return
        [
            column.Unit == "1" ? column.Metric : $"{column.Metric} ({column.Unit})", ClassName(column.Class),
            Rounded(summary.Mean), Rounded(summary.StandardDeviation), Rounded(summary.Median),
            $"{summary.Counted}", $"{summary.Skipped}", $"{summary.PredictionEmpty}", $"{summary.TargetEmpty}",
        ];
    }

    private MetricColumn[] Columns()
    {
        if (_metrics.Select(metrics => metrics.Images).Distinct().Count() > 1)
        {
            throw new ArgumentException($"a report is of one set of images, but the accumulators hold {Shapes.Text(_metrics.Select(metrics => metrics.Images))} images; add every batch to each of them.");
        }

        var columns = _metrics.SelectMany(metrics => metrics.Columns()).ToArray();
        if (WhenEmptyOf.Keys.FirstOrDefault(name => columns.All(column => column.Metric != name)) is { } unknown)
        {
            throw new ArgumentException($"WhenEmptyOf names {unknown}, but the metrics of this report are {string.Join(", ", columns.Select(column => column.Metric).Distinct())}; use one of these names.");
        }

        return columns;
    }

    private EmptyPolicies PoliciesOf(MetricColumn column)
    {
        var policies = WhenEmptyOf.TryGetValue(column.Metric, out var own) ? own : WhenEmpty;
        policies.Check(column.Metric, column.Kind);
        return policies;
    }

    private string ClassName(int? @class) => @class is { } number ? Name(ClassNames, number, nameof(ClassNames)) : "all";

    private string ImageName(int image) => Name(ImageNames, image, nameof(ImageNames));

    private static string Name(IReadOnlyList<string> names, int number, string setting) =>
        names.Count == 0 ? $"{number}"
        : number < names.Count ? names[number]
        : throw new ArgumentException($"{setting} must have a name for each, but it has {names.Count} and number {number} is asked for; add the missing names, or leave them out.");
}
