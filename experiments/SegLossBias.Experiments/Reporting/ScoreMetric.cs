using System.Globalization;

namespace SegLossBias.Experiments.Reporting;

internal enum Better
{
    Higher,
    Lower,
    NearestZero,
}

/// <summary>A column of the tables.</summary>
/// <param name="Key">Its name in files.</param>
/// <param name="Header">Its name in tables, with the unit shown.</param>
/// <param name="Scale">Units shown per unit of the value: 100 for percent.</param>
/// <param name="Format">Of what is shown.</param>
/// <param name="Better">What is best.</param>
/// <param name="Value">Its value.</param>
internal sealed record ScoreMetric(string Key, string Header, double Scale, string Format, Better Better, Func<SetScore, double> Value)
{
    public static readonly ScoreMetric Dice = new("dsc", "DSC %", 100, "0.0", Better.Higher, score => score.Dice);

    private const string Signed = "+0.0;−0.0;0.0";

    /// <param name="unit">Of distances.</param>
    public static IReadOnlyList<ScoreMetric> All(string unit) =>
    [
        Dice,
        new("pooled_dsc", "pooled DSC %", 100, "0.0", Better.Higher, score => score.PooledDice),
        new("iou", "IoU %", 100, "0.0", Better.Higher, score => score.Iou),
        new("pooled_iou", "pooled IoU %", 100, "0.0", Better.Higher, score => score.PooledIou),
        new("nsd", "NSD %", 100, "0.0", Better.Higher, score => score.Nsd),
        new("hd95", $"HD95 {unit}", 1, "0.00", Better.Lower, score => score.Hd95),
        new("size_error", "size error %", 100, Signed, Better.NearestZero, score => score.SizeError),
        new("absolute_size_error", "|size error| %", 100, "0.0", Better.Lower, score => score.AbsoluteSizeError),
    ];

    public static ScoreMetric OfClass(string name, int index) => Dice with { Header = name, Value = score => score.ClassDice[index] };

    public static ScoreMetric IouOfClass(string name, int index) => Dice with { Header = name, Value = score => score.ClassIou[index] };

    /// <summary>The column's cells, mean ± standard deviation over seeds; null where there is no run.</summary>
    public IReadOnlyList<Cell> Column(IEnumerable<LossScores?> losses)
    {
        var spreads = losses.Select(loss => loss?.Over(Value) ?? new(double.NaN, double.NaN)).ToArray();
        var places = Ranking.Of([.. spreads.Select(spread => Cost(spread.Mean))], magnitude => Text(magnitude, Unsigned));
        return [.. spreads.Zip(places, (spread, place) => new Cell(Text(spread), place))];
    }

    private string Unsigned => Format.Split(';')[0].TrimStart('+');

    private double Cost(double mean) => Better switch
    {
        Better.Higher => -mean,
        Better.Lower => mean,
        _ => Math.Abs(mean),
    };

    private string Text(Spread spread) =>
        !double.IsFinite(spread.Mean) ? "–"
        : double.IsNaN(spread.Deviation) ? Text(spread.Mean, Format)
        : $"{Text(spread.Mean, Format)} ± {Text(spread.Deviation, Unsigned)}";

    private string Text(double value, string format) => (Scale * value).ToString(format, CultureInfo.InvariantCulture);
}
