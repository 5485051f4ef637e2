using System.Globalization;

namespace SegLossBias.Tests.Metrics;

/// <summary>Tables and CSV have the numbers of the accumulators.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    /// <summary>Two images of three classes; class 2 is missed in the first and absent from the second.</summary>
    private static (OverlapMetrics Overlap, SurfaceMetrics Surface, CalibrationMetrics Calibration) Evaluation()
    {
        using var scope = NewDisposeScope();
        var truth = tensor((long[])[0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], [2, 3, 4]);
        var predicted = tensor((long[])[0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], [2, 3, 4]);
        var overlap = new OverlapMetrics(3) { Selection = ClassSelection.WithoutBackground };
        overlap.Add(predicted, truth);
        var surface = new SurfaceMetrics(3) { ToleranceMm = [1], Selection = ClassSelection.WithoutBackground };
        surface.Add(predicted, truth, 1.5, 0.8);
        var calibration = new CalibrationMetrics(3);
        calibration.AddProbabilities(nn.functional.one_hot(predicted, 3).permute(0, 3, 1, 2).to(ScalarType.Float64), truth);
        return (overlap, surface, calibration);
    }

    [Fact]
    public void Table_HasEachMetricOfEachClass_AndAll()
    {
        var (overlap, surface, calibration) = Evaluation();
        var report = new MetricReport(overlap, surface, calibration) { ClassNames = ["background", "liver", "tumour|cyst"] };
        var lines = report.ToMarkdown().Split('\n');
        lines[0].Should().MatchRegex(@"^\| metric +\| class +\| +mean \| +SD \| +median \| counted \| skipped \| missed \| invented \|$");
        lines[1].Should().MatchRegex(@"^\| -+ \| -+ \| -+: \|");
        lines.Select(line => line.Length).Distinct().Should().ContainSingle("columns are aligned");
        string[] Row(string metric, string name) => [.. lines.Single(line => line.StartsWith($"| {metric} ", StringComparison.Ordinal) && line.Contains($"| {name} ", StringComparison.Ordinal)).Replace("\\|", "/", StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)[3..^1]];
        Row("Dice", "liver").Should().Equal("0.8333", "0.2357", "0.8333", "2", "0", "0", "0");
        Row("Dice", "tumour\\|cyst").Should().Equal("0.0000", "NaN", "0.0000", "1", "1", "1", "0");
        Row("Dice", "all").Should().Equal("0.5556", "0.5092", "0.6667", "3", "1", "1", "0");
        var diagonal = Math.Sqrt((4.5 * 4.5) + (3.2 * 3.2));
        Row("Hausdorff95 (mm)", "tumour\\|cyst")[0].Should().Be(diagonal.ToString("0.0000", CultureInfo.InvariantCulture));
        Row("ECE", "all").Should().Equal("0.1250", "", "", "", "", "", "");
        var metrics = Enum.GetNames<OverlapMetric>().Concat(Enum.GetNames<SurfaceMetric>()).Append("ECE").Append("Brier");
        metrics.Should().OnlyContain(metric => lines.Count(line => line.StartsWith($"| {metric} ", StringComparison.Ordinal)) >= 3);
        report.ToText().Split('\n').Should().HaveCount(lines.Length - 1, "without the rule").And.OnlyContain(line => !line.EndsWith(' '));
        report.ToString().Should().Be(report.ToText());
    }

    [Fact]
    public void Csv_HasEachImage_AndReadsBackExactly()
    {
        var (overlap, surface, calibration) = Evaluation();
        var report = new MetricReport(overlap, surface, calibration)
        {
            ClassNames = ["background", "liver, \"left\"", "tumour"],
            ImageNames = ["case 1", "case 2"],
            WhenEmptyOf = { ["Precision"] = EmptyPolicies.SkipUndefined },
        };
        report.SaveCsv(_file);
        var records = File.ReadAllText(_file).Split("\r\n");
        records[0].Should().Be("image,class,metric,unit,value,counts,empty");
        records[^1].Should().BeEmpty("the last record ends too");
        records.Should().HaveCount(1 + (2 * 2 * (Enum.GetValues<OverlapMetric>().Length + Enum.GetValues<SurfaceMetric>().Length)) + 8 + 1);
        records.Should().Contain("case 1,\"liver, \"\"left\"\"\",Dice,1,0.6666666666666666,0.6666666666666666,None");
        records.Should().Contain("case 1,tumour,Precision,1,NaN,,Prediction").And.Contain("case 1,tumour,Recall,1,0,0,Prediction").And.Contain("case 2,tumour,Dice,1,NaN,,Both");
        records.Should().Contain("all,all,ECE,1,0.125,0.125,None");
        foreach (var record in records.Where(record => record.Contains(",tumour,Hausdorff,mm,", StringComparison.Ordinal) && record.StartsWith("case 1", StringComparison.Ordinal)))
        {
            var fields = record.Split(',');
            (double.Parse(fields[4], CultureInfo.InvariantCulture), double.Parse(fields[5], CultureInfo.InvariantCulture)).Should().Be((double.PositiveInfinity, surface.Image(0, 2).DiagonalMm!.Value));
        }
    }

    [Fact]
    public void WhatDoesNotFit_IsRefused()
    {
        var (overlap, surface, _) = Evaluation();
        FluentActions.Invoking(() => new MetricReport()).Should().Throw<ArgumentException>().WithParameterName("metrics");
        FluentActions.Invoking(() => new MetricReport(overlap, null!)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new MetricReport(overlap, new ConfusionMetrics(3)).ToText()).Should().Throw<ArgumentException>().WithMessage("*hold [2, 0] images*");
        FluentActions.Invoking(() => new MetricReport(surface) { WhenEmpty = EmptyPolicies.MissCountsZero }.ToText()).Should().Throw<ArgumentException>().WithMessage("*does not fit Hausdorff*");
        FluentActions.Invoking(() => new MetricReport(overlap) { WhenEmptyOf = { ["Dise"] = EmptyPolicies.Monai } }.ToCsv()).Should().Throw<ArgumentException>().WithMessage("WhenEmptyOf names Dise, but the metrics of this report are Dice, IoU*");
        FluentActions.Invoking(() => new MetricReport(overlap) { ClassNames = ["a", "b"] }.ToCsv()).Should().Throw<ArgumentException>().WithMessage("ClassNames must have a name for each, but it has 2 and number 2*");
        FluentActions.Invoking(() => new MetricReport(overlap) { ImageNames = ["a"] }.ToCsv()).Should().Throw<ArgumentException>().WithMessage("ImageNames*");
    }
}
