namespace SegLossBias.Experiments.Data;

/// <summary>What is trained on and what is measured on.</summary>
/// <param name="Train">2 or more.</param>
/// <param name="Validation">1 or more; measured after every epoch, not used for training.</param>
/// <param name="Test">Measured once, after the last epoch; may be empty.</param>
/// <param name="Classes">Names of the classes; their number is K. A first one called background is not measured.</param>
/// <param name="IgnoreIndex">The label of pixels that count nowhere.</param>
/// <param name="Origin">Where the data comes from and how it was split, for the reader of the results.</param>
internal sealed record CaseSplits(
    IReadOnlyList<Case> Train, IReadOnlyList<Case> Validation, IReadOnlyList<Case> Test,
    IReadOnlyList<string> Classes, long? IgnoreIndex, string Origin) : IDisposable
{
    /// <summary>What of the files is doubtful, though they are used: a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The first class that is measured: 1 with a background, else 0.</summary>
    public int FirstMeasured => MeasuredClasses.First(Classes);

    public int Channels => Train[0].Channels;

    public void Dispose()
    {
        foreach (var item in Train.Concat(Validation).Concat(Test))
        {
            item.Dispose();
        }
    }
}
