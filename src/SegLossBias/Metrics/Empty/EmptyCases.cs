namespace SegLossBias;

/// <summary>Which of two masks is empty, from what each has.</summary>
internal static class EmptyCases
{
    internal static EmptyCase Of(long target, long prediction) => (target, prediction) switch
    {
        (0, 0) => EmptyCase.Both,
        (0, _) => EmptyCase.Target,
        (_, 0) => EmptyCase.Prediction,
        _ => EmptyCase.None,
    };
}
