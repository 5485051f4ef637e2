using System.Globalization;

namespace SegLossBias.Tests.Attack.Soak;

/// <summary>The samples of a run as a table.</summary>
internal static class SoakReport
{
    internal static void WriteCsv(IEnumerable<SoakSample> samples, string file) => File.WriteAllLines(
        file,
        ["seconds,steps,process_mb,managed_mb,tensors", .. samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.Seconds:F1},{sample.Steps},{sample.ProcessMegabytes:F1},{sample.ManagedMegabytes:F2},{sample.Handles}"))]);
}
