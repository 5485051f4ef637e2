namespace SegLossBias.Tests.Support;

/// <summary>
/// Every loss and form that the contract, gradient, metamorphic and convergence tests run. A new loss is tested by
/// adding one line.
/// </summary>
internal static class LossTable
{
    private static readonly Dictionary<string, Func<LossOptions, SegmentationLoss>> Losses = new()
    {
        ["CE"] = o => new CrossEntropyLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["WCE"] = o => new CrossEntropyLoss(form: CrossEntropyForm.InverseFrequency, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["CE/region"] = o => new CrossEntropyLoss(form: CrossEntropyForm.Region, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Focal"] = o => new FocalLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Focal/softmax"] = o => new FocalLoss(form: FocalForm.Softmax, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Focal/gamma0.5"] = o => new FocalLoss(0.5, FocalForm.Softmax, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Dice/image"] = o => new DiceLoss(DicePooling.Image, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Dice/keep"] = o => new DiceLoss(DicePooling.Image, smooth: 1, absent: AbsentClass.Keep, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["LogDice/leaveout"] = o => new LogDiceLoss(DicePooling.Image, absent: AbsentClass.LeaveOut, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["Dice"] = o => new DiceLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["LogDice"] = o => new LogDiceLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["GDice"] = o => new GeneralizedDiceLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["DB"] = o => new DiceBiasLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["DB/sum"] = o => new DiceBiasLoss(10, ClassReduction.Sum, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["L1"] = o => new RegionSizeL1Loss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["L1/sum"] = o => new RegionSizeL1Loss(1, ClassReduction.Sum, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["KL"] = o => new RegionSizeKlLoss(mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["KL/mean"] = o => new RegionSizeKlLoss(1, ClassReduction.Mean, mode: o.Mode, ignoreIndex: o.IgnoreIndex, reduction: o.Reduction),
        ["RCE(L1)"] = o => LossFactory.Create("RCE(L1)", o),
        ["RCE(KL)"] = o => LossFactory.Create("RCE(KL)", o),
        ["RFL(L1)"] = o => LossFactory.Create("RFL(L1)", o),
        ["RFL(KL)"] = o => LossFactory.Create("RFL(KL)", o),
        ["DiceCE"] = o => LossFactory.Create("DiceCE", o),
        ["DiceFL"] = o => LossFactory.Create("DiceFL", o),
        ["LogDiceCE"] = o => LossFactory.Create("LogDiceCE", o),
        ["LogDiceFL"] = o => LossFactory.Create("LogDiceFL", o),
        ["DBCE"] = o => LossFactory.Create("DBCE", o),
    };

    private static readonly HashSet<string> Pooled = ["Dice", "LogDice", "GDice", "DiceCE", "DiceFL", "LogDiceCE", "LogDiceFL"];

    /// <summary>For [MemberData]: the name of every loss.</summary>
    public static TheoryData<string> Names => [.. Losses.Keys];

    /// <summary>For [MemberData]: the name of every loss with every mode.</summary>
    public static TheoryData<string, SegmentationMode> NamesAndModes
    {
        get
        {
            var data = new TheoryData<string, SegmentationMode>();
            foreach (var name in Losses.Keys)
            {
                foreach (var mode in Enum.GetValues<SegmentationMode>())
                {
                    data.Add(name, mode);
                }
            }

            return data;
        }
    }

    internal static SegmentationLoss Create(string name, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, Reduction reduction = Reduction.Mean) =>
        Losses[name](new LossOptions { Mode = mode, IgnoreIndex = ignoreIndex, Reduction = reduction });

    /// <summary>Images are pooled, so that Reduction.None is an error.</summary>
    internal static bool IsPooled(string name) => Pooled.Contains(name);
}
