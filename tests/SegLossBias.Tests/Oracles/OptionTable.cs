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
        ["CE weight"] = new(Multiclass, r => new SegmentationLoss(new CrossEntropy { Weight = Three }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three)),
        ["CE weight binary"] = new(Binary, r => new SegmentationLoss(new CrossEntropy { Weight = Two }) { Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Two)),
        ["CE weight multilabel"] = new(Multilabel, r => new SegmentationLoss(new CrossEntropy { Weight = Three }) { Mode = Multilabel, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three)),
        ["Focal weight"] = new(Multiclass, r => new SegmentationLoss(new Focal { Weight = Three }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, weight: Three)),
        ["Focal softmax weight"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 1.5, Form = FocalForm.Softmax, Weight = Three }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 1.5, FocalForm.Softmax, weight: Three)),
        ["Focal weight binary"] = new(Binary, r => new SegmentationLoss(new Focal { Weight = Two }) { Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, weight: Two)),
        ["Focal γ=0.3"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 0.3 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 0.3)),
        ["Focal γ=0.3 multilabel"] = new(Multilabel, r => new SegmentationLoss(new Focal { Gamma = 0.3 }) { Mode = Multilabel, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 0.3)),
        ["Focal smoothing 1e-5"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 1e-5 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 1e-5)),
        ["Focal smoothing 0.2"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 0.2 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 0.2)),
        ["Focal γ=0 smoothing 1e-5"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 0, Form = FocalForm.Softmax, Smoothing = 1e-5 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 0, FocalForm.Softmax, 1e-5)),
        ["Focal γ=0.3 smoothing 0.2"] = new(Multiclass, r => new SegmentationLoss(new Focal { Gamma = 0.3, Form = FocalForm.Softmax, Smoothing = 0.2 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 0.3, FocalForm.Softmax, 0.2)),
        ["Dice smooth, ε"] = new(Multiclass, r => new SegmentationLoss(new Dice { Pooling = Pooling.Image, Smoothing = 0.5, Epsilon = 8 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, pooling: Pooling.Image, smooth: 0.5, epsilon: 8)),
        ["Dice classes"] = new(Multiclass, r => new SegmentationLoss(new Dice { Pooling = Pooling.Image, Classes = ClassSelection.Of(2, 0) }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, pooling: Pooling.Image, classes: [2, 0])),
        ["LogDice no background"] = new(Multiclass, r => new SegmentationLoss(new LogDice { Pooling = Pooling.Image, Classes = ClassSelection.WithoutBackground }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, classes: [1, 2])),
        ["LogDice keep, smooth"] = new(Multiclass, r => new SegmentationLoss(new LogDice { Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, 1, absent: AbsentClass.Keep)),
        ["LogDice keep multilabel"] = new(Multilabel, r => new SegmentationLoss(new LogDice { Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep }) { Mode = Multilabel, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, 1, absent: AbsentClass.Keep)),
        ["Dice leave out binary"] = new(Binary, r => new SegmentationLoss(new Dice { Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }) { Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Dice(s, pooling: Pooling.Image, absent: AbsentClass.LeaveOut)),
        ["DB ε"] = new(Multiclass, r => new SegmentationLoss(new DiceBias { Temperature = 2, ClassReduction = ClassReduction.Sum, Epsilon = 0.5 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.DiceBias(s, 2, ClassReduction.Sum, 0.5)),
        ["L1 τ=3"] = new(Multiclass, r => new SegmentationLoss(new RegionSizeL1 { Temperature = 3, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.L1(s, 3, ClassReduction.Sum, 0)),
        ["L1 ε multilabel"] = new(Multilabel, r => new SegmentationLoss(new RegionSizeL1 { Temperature = 0.5, Epsilon = 2 }) { Mode = Multilabel, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.L1(s, 0.5, epsilon: 2)),
        ["KL τ=2, ε=0"] = new(Multiclass, r => new SegmentationLoss(new RegionSizeKl { Temperature = 2, Epsilon = 0 }) { IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["KL τ=2, ε=0 binary"] = new(Binary, r => new SegmentationLoss(new RegionSizeKl { Temperature = 2, Epsilon = 0 }) { Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["RCE(KL) λ, τ, weight"] = new(Multiclass, r => new RceKlLoss { Lambda = 0.7, Matching = new CrossEntropy { Weight = Three }, Penalty = new RegionSizeKl { Temperature = 2 }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three) + (0.7 * PlainLosses.Kl(s, 2))),
        ["RFL(L1) λ, γ, softmax"] = new(Multiclass, r => new RflL1Loss { Lambda = 0.3, Matching = new Focal { Gamma = 3, Form = FocalForm.Softmax }, Penalty = new RegionSizeL1 { Temperature = 2 }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 3, FocalForm.Softmax) + (0.3 * PlainLosses.L1(s, 2))),
        ["DiceCE per image"] = new(Multiclass, r => new DiceCeLoss { Lambda = 1, Penalty = new Dice { Pooling = Pooling.Image }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s) + PlainLosses.Dice(s, pooling: Pooling.Image)),
        ["three terms"] = new(Multiclass, r => new SegmentationLoss(new CrossEntropy() + (0.5 * new Dice { Pooling = Pooling.Image }) + (2 * new RegionSizeL1 { Temperature = 3 })) { Name = "CE + Dice + L1", IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s) + (0.5 * PlainLosses.Dice(s, pooling: Pooling.Image)) + (2 * PlainLosses.L1(s, 3))),
    };

    /// <summary>For [MemberData].</summary>
    public static TheoryData<string> Names => [.. Cases.Keys];

    internal static OptionCase Get(string name) => Cases[name];
}

/// <param name="Mode">The mode of its scenes.</param>
/// <param name="Build">The library's loss; every case is defined per image.</param>
/// <param name="Plain">The same in plain loops, for Reduction.Mean.</param>
internal sealed record OptionCase(SegmentationMode Mode, Func<Reduction, SegmentationLoss> Build, Func<Scene, double> Plain);
