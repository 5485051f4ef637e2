namespace SegLossBias;

/// <summary>What Dice and log-Dice share: the score of each region.</summary>
public abstract class DiceTerm : OverlapTerm
{
    /// <summary>A term.</summary>
    /// <param name="name">Its name in logs.</param>
    protected DiceTerm(string name)
        : base(name)
    {
    }

    /// <summary>How the score measures regions.</summary>
    public DiceForm Form { get; init => field = SettingCheck.Defined(value); }

    /// <summary>D = (2I+s) / max(P+T+s, ε), or that of another form.</summary>
    private protected Formula Score(RegionSet regions)
    {
        var size = regions.PredictedSize() + regions.TargetSize;
        return (Form switch
        {
            DiceForm.Squared => Index(2 * regions.Overlap, regions.PredictedPower(2) + regions.TargetSquare),
            DiceForm.Distance => Index(size - regions.Difference, size),
            _ => Index(2 * regions.Overlap, size),
        }).Named("D");
    }
}
