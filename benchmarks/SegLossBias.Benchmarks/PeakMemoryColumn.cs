using System.Collections.Concurrent;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using SegLossBias.Benchmarks.Measuring;

namespace SegLossBias.Benchmarks;

/// <summary>
/// Peak memory above the inputs, libtorch's included, which the memory diagnoser does not see. Each value is measured in a
/// process of its own once the times are known.
/// </summary>
internal sealed class PeakMemoryColumn(int? threads) : IColumn
{
    private const double Megabyte = 1e6;

    private readonly ConcurrentDictionary<BenchmarkCase, string> _values = new();

    public string Id => nameof(PeakMemoryColumn);

    public string ColumnName => "Peak native";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Peak resident memory of a call above the inputs, in MB of 10^6 bytes";

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => _values.GetOrAdd(benchmarkCase, Measure);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    private string Measure(BenchmarkCase benchmark)
    {
        var parameters = benchmark.Parameters;
        var variables = benchmark.Job.Environment.EnvironmentVariables ?? [];
        var bytes = MemoryRun.Other(
            [(string)parameters[nameof(LossBenchmarks.Shape)]],
            [(string)parameters[nameof(LossBenchmarks.Loss)]],
            benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            (bool)parameters[nameof(LossBenchmarks.Backward)],
            threads,
            variables.Select(variable => KeyValuePair.Create(variable.Key, variable.Value)));
        return bytes.Count == 0 ? "-" : (bytes.Values.Single() / Megabyte).ToString("F2", CultureInfo.InvariantCulture) + " MB";
    }
}
