using System.Reflection;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Saved metrics and diagnostics whose file was damaged: refused, or read as what it says, so that it can be read out, saved and read again.</summary>
internal static class FileAttempts
{
    private static readonly Type[] Saved = [.. Entries.Types.Where(type => !type.IsAbstract && type.GetMethod("Load") is not null)];

    internal static Attempt Make(Draw draw)
    {
        var type = draw.One(Saved);
        int[] choices = [.. Enumerable.Range(0, 20).Select(_ => draw.Int(0, int.MaxValue - 1))];
        return new($"file of {type.Name} damaged by [{string.Join(", ", choices.Take(6))}]", Expected.Either, () =>
        {
            var (file, next) = (Path.GetTempFileName(), 0);
            try
            {
                EntryInstances.With(type, saved => Call("Save", saved, file));
                File.WriteAllText(file, JsonDamage.Of(File.ReadAllText(file), below => choices[next++ % choices.Length] % below));
                var read = Call("Load", null, file)!;
                var text = Text(read);
                Call("Save", read, file);
                Library.Ensure(Text(Call("Load", null, file)!) == text, "expected what was read to be the same after it was saved again");
            }
            finally
            {
                File.Delete(file);
            }
        });

        object? Call(string method, object? instance, string path) => Library.Value(() => type.GetMethod(method)!.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [path], null));
    }

    private static string Text(object read) => Library.Value(() => read switch
    {
        CalibrationMetrics calibration => $"{calibration} {calibration.BrierScore} {calibration.ExpectedCalibrationError}",
        SegmentationMetrics metrics => $"{metrics} {new MetricReport(metrics) { WhenEmpty = EmptyPolicies.Monai }.ToCsv()}",
        _ => read.ToString()!,
    });
}
