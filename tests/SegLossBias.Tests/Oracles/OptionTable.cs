using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// Losses with options away from their defaults, each with its plain loops: class weights, γ, temperatures, smoothing,
/// Dice's pooling, absent classes and class selections. Scenes have 3 channels (1 in binary mode).
/// </summary>
internal static class OptionTable
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;
    private const SegmentationMode Binary = SegmentationMode.Binary;
    private const SegmentationMode Multilabel = SegmentationMode.Multilabel;
    private const long Ignore = Scene.Ignore;

    private static readonly double[] Three = [0.5, 2, 1.25];
    private static readonly double[] Two = [0.75, 3];

    private static readonly Dictionary<string, OptionCase> Cases = new()
    {
        ["CE weight"] = new(Multiclass, r => new CrossEntropyLoss(tensor(Three), ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s, Three)),
        ["CE weight binary"] = new(Binary, r => new CrossEntropyLoss(tensor(Two), mode: Binary, ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s, Two)),
        ["CE weight multilabel"] = new(Multilabel, r => new CrossEntropyLoss(tensor(Three), mode: Multilabel, ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s, Three)),
        ["Focal weight"] = new(Multiclass, r => new FocalLoss(weight: tensor(Three), ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, weight: Three)),
        ["Focal softmax weight"] = new(Multiclass, r => new FocalLoss(1.5, FocalForm.Softmax, weight: tensor(Three), ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 1.5, FocalForm.Softmax, weight: Three)),
        ["Focal weight binary"] = new(Binary, r => new FocalLoss(weight: tensor(Two), mode: Binary, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, weight: Two)),
        ["Focal γ=0.3"] = new(Multiclass, r => new FocalLoss(0.3, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 0.3)),
        ["Focal γ=0.3 multilabel"] = new(Multilabel, r => new FocalLoss(0.3, mode: Multilabel, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 0.3)),
        ["Focal smoothing 1e-5"] = new(Multiclass, r => new FocalLoss(2, FocalForm.Softmax, 1e-5, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 1e-5)),
        ["Focal smoothing 0.2"] = new(Multiclass, r => new FocalLoss(2, FocalForm.Softmax, 0.2, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 0.2)),
        ["Focal γ=0 smoothing 1e-5"] = new(Multiclass, r => new FocalLoss(0, FocalForm.Softmax, 1e-5, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 0, FocalForm.Softmax, 1e-5)),
        ["Focal γ=0.3 smoothing 0.2"] = new(Multiclass, r => new FocalLoss(0.3, FocalForm.Softmax, 0.2, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 0.3, FocalForm.Softmax, 0.2)),
        ["Dice smooth, ε"] = new(Multiclass, r => new DiceLoss(DicePooling.Image, 0.5, 8, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, pooling: DicePooling.Image, smooth: 0.5, epsilon: 8)),
        ["Dice classes"] = new(Multiclass, r => new DiceLoss(DicePooling.Image, classes: ClassSelection.Of(2, 0), ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, pooling: DicePooling.Image, classes: [2, 0])),
        ["LogDice no background"] = new(Multiclass, r => new LogDiceLoss(DicePooling.Image, classes: ClassSelection.WithoutBackground, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, isLog: true, DicePooling.Image, classes: [1, 2])),
        ["LogDice keep, smooth"] = new(Multiclass, r => new LogDiceLoss(DicePooling.Image, 1, absent: AbsentClass.Keep, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, isLog: true, DicePooling.Image, 1, absent: AbsentClass.Keep)),
        ["LogDice keep multilabel"] = new(Multilabel, r => new LogDiceLoss(DicePooling.Image, 1, absent: AbsentClass.Keep, mode: Multilabel, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, isLog: true, DicePooling.Image, 1, absent: AbsentClass.Keep)),
        ["Dice leave out binary"] = new(Binary, r => new DiceLoss(DicePooling.Image, absent: AbsentClass.LeaveOut, mode: Binary, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Dice(s, pooling: DicePooling.Image, absent: AbsentClass.LeaveOut)),
        ["DB ε"] = new(Multiclass, r => new DiceBiasLoss(2, ClassReduction.Sum, 0.5, ignoreIndex: Ignore, reduction: r), s => PlainLosses.DiceBias(s, 2, ClassReduction.Sum, 0.5)),
        ["L1 τ=3"] = new(Multiclass, r => new RegionSizeL1Loss(3, ClassReduction.Sum, 0, ignoreIndex: Ignore, reduction: r), s => PlainLosses.L1(s, 3, ClassReduction.Sum, 0)),
        ["L1 ε multilabel"] = new(Multilabel, r => new RegionSizeL1Loss(0.5, epsilon: 2, mode: Multilabel, ignoreIndex: Ignore, reduction: r), s => PlainLosses.L1(s, 0.5, epsilon: 2)),
        ["KL τ=2, ε=0"] = new(Multiclass, r => new RegionSizeKlLoss(2, epsilon: 0, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["KL τ=2, ε=0 binary"] = new(Binary, r => new RegionSizeKlLoss(2, epsilon: 0, mode: Binary, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["RCE(KL) λ, τ, weight"] = new(Multiclass, r => new RceKlLoss(0.7, 2, tensor(Three), ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s, Three) + (0.7 * PlainLosses.Kl(s, 2))),
        ["RFL(L1) λ, γ, softmax"] = new(Multiclass, r => new RflL1Loss(0.3, 2, 3, FocalForm.Softmax, ignoreIndex: Ignore, reduction: r), s => PlainLosses.Focal(s, 3, FocalForm.Softmax) + (0.3 * PlainLosses.L1(s, 2))),
        ["DiceCE per image"] = new(Multiclass, r => new DiceCeLoss(1, DicePooling.Image, ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s) + PlainLosses.Dice(s, pooling: DicePooling.Image)),
        ["three terms"] = new(Multiclass, r => new CompoundLoss("CE + Dice + L1", new CrossEntropyLoss(), [new(0.5, new DiceLoss(DicePooling.Image)), new(2, new RegionSizeL1Loss(3))], ignoreIndex: Ignore, reduction: r), s => PlainLosses.CrossEntropy(s) + (0.5 * PlainLosses.Dice(s, pooling: DicePooling.Image)) + (2 * PlainLosses.L1(s, 3))),
    };

    /// <summary>For [MemberData].</summary>
    public static TheoryData<string> Names => [.. Cases.Keys];

    internal static OptionCase Get(string name) => Cases[name];
}

/// <param name="Mode">The mode of its scenes.</param>
/// <param name="Build">The library's loss; every case is defined per image.</param>
/// <param name="Plain">The same in plain loops, for Reduction.Mean.</param>
internal sealed record OptionCase(SegmentationMode Mode, Func<Reduction, SegmentationLoss> Build, Func<Scene, double> Plain);
