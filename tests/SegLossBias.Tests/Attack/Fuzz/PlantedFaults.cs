namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Faults on purpose: the fuzzer must find each of them, else it finds nothing.</summary>
internal static class PlantedFaults
{
    /// <summary>The case that has the fault.</summary>
    internal const int Case = 7;

    /// <summary>What leaks stays reachable, so that no finalizer frees it.</summary>
    private static readonly List<Tensor> Leaked = [];

    private static readonly Dictionary<string, Action> Faults = new()
    {
        ["wrong value"] = () => Library.EnsureClose(Library.Value(() => CrossEntropy() + 1e-3), CrossEntropy(), Tolerance.Of(ScalarType.Float32), "the value"),
        ["leak"] = () => Library.Value(() =>
        {
            Leaked.Add(zeros(3));
            return 0;
        }),
        ["raw error"] = () => Library.Call(() => zeros(2, 3).matmul(zeros(2, 3))),
        ["wrong kind"] = () => Library.Value(() => ((int[])[])[0]),
        ["death"] = () => Environment.FailFast("planted"),
        ["hang"] = () => Thread.Sleep(Timeout.Infinite),
    };

    internal static IEnumerable<string> Names => Faults.Keys;

    internal static Attempt? At(int number, string name) => number == Case ? new($"planted {name}", Expected.Either, Faults[name]) : null;

    private static double CrossEntropy()
    {
        using var loss = LossTable.Create("CE");
        return Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss).Value;
    }
}
