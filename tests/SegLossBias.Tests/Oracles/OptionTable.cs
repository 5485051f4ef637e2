using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// Losses with options away from their defaults, each with its plain loops: class weights, alone and in every compound, γ,
/// temperatures, smoothing, pooling, absent classes and class selections. Scenes have 3 channels (1 in binary mode).
/// </summary>
internal static class OptionTable
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;
    private const SegmentationMode Binary = SegmentationMode.Binary;
    private const SegmentationMode Multilabel = SegmentationMode.Multilabel;
    private const long Ignore = Scene.Ignore;

    private static readonly double[] Three = [0.5, 2, 1.25];
    private static readonly ClassDistances Distances = ClassDistances.Of(new double[,] { { 0, 2, 1.5 }, { 2, 0, 0.4 }, { 1, 0.8, 0 } });
    private static readonly double[] Two = [0.75, 3];

    private static readonly Dictionary<string, OptionCase> Cases = new()
    {
        ["CE weight"] = new(Multiclass, new CrossEntropy { Weight = Three }, s => PlainLosses.CrossEntropy(s, Three)),
        ["CE weight binary"] = new(Binary, new CrossEntropy { Weight = Two }, s => PlainLosses.CrossEntropy(s, Two)),
        ["CE weight multilabel"] = new(Multilabel, new CrossEntropy { Weight = Three }, s => PlainLosses.CrossEntropy(s, Three)),
        ["Focal weight"] = new(Multiclass, new Focal { Weight = Three }, s => PlainLosses.Focal(s, weight: Three)),
        ["Focal softmax weight"] = new(Multiclass, new Focal { Gamma = 1.5, Form = FocalForm.Softmax, Weight = Three }, s => PlainLosses.Focal(s, 1.5, FocalForm.Softmax, weight: Three)),
        ["Focal weight binary"] = new(Binary, new Focal { Weight = Two }, s => PlainLosses.Focal(s, weight: Two)),
        ["Focal γ=0.3"] = new(Multiclass, new Focal { Gamma = 0.3 }, s => PlainLosses.Focal(s, 0.3)),
        ["Focal γ=0.3 multilabel"] = new(Multilabel, new Focal { Gamma = 0.3 }, s => PlainLosses.Focal(s, 0.3)),
        ["Focal smoothing 1e-5"] = new(Multiclass, new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 1e-5 }, s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 1e-5)),
        ["Focal smoothing 0.2"] = new(Multiclass, new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 0.2 }, s => PlainLosses.Focal(s, 2, FocalForm.Softmax, 0.2)),
        ["Focal γ=0 smoothing 1e-5"] = new(Multiclass, new Focal { Gamma = 0, Form = FocalForm.Softmax, Smoothing = 1e-5 }, s => PlainLosses.Focal(s, 0, FocalForm.Softmax, 1e-5)),
        ["Focal γ=0.3 smoothing 0.2"] = new(Multiclass, new Focal { Gamma = 0.3, Form = FocalForm.Softmax, Smoothing = 0.2 }, s => PlainLosses.Focal(s, 0.3, FocalForm.Softmax, 0.2)),
        ["CE positive weight binary"] = new(Binary, new CrossEntropy { PositiveWeight = [3] }, s => PlainLosses.PositiveCrossEntropy(s, [3])),
        ["CE positive weight multilabel"] = new(Multilabel, new CrossEntropy { PositiveWeight = Three, Weight = [1, 0.5, 2] }, s => PlainLosses.PositiveCrossEntropy(s, Three, [1, 0.5, 2])),
        ["CE positive weight, smoothing"] = new(Multilabel, new CrossEntropy { PositiveWeight = Three, LabelSmoothing = 0.2 }, s => PlainLosses.PositiveCrossEntropy(s, Three, smoothing: 0.2)),
        ["Poly1 ε=-1, weight"] = new(Multiclass, new Poly1CrossEntropy { Epsilon = -1, Weight = Three }, s => PlainLosses.Poly1(s, -1, Three)),
        ["Poly1 binary, weight"] = new(Binary, new Poly1CrossEntropy { Epsilon = 2.5, Weight = Two }, s => PlainLosses.Poly1(s, 2.5, Two)),
        ["SCE weight"] = new(Multiclass, new SymmetricCrossEntropy { Alpha = 6, Beta = 0.1, LogZero = -9.21, Weight = Three }, s => PlainLosses.SymmetricCrossEntropy(s, 6, 0.1, -9.21, Three)),
        ["SCE multilabel"] = new(Multilabel, new SymmetricCrossEntropy { Alpha = 2, Beta = 3 }, s => PlainLosses.SymmetricCrossEntropy(s, 2, 3)),
        ["Focal per image"] = new(Multiclass, new Focal { Pooling = Pooling.Image, AveragesClasses = true }, s => PlainLosses.FocalOf(s, [2], averages: true, pooling: Pooling.Image)),
        ["Focal per image multilabel"] = new(Multilabel, new Focal { Pooling = Pooling.Image }, s => PlainLosses.FocalOf(s, [2], pooling: Pooling.Image)),
        ["Focal softmax α"] = new(Multiclass, new Focal { Form = FocalForm.Softmax, Alpha = 0.75, AveragesClasses = true }, s => PlainLosses.FocalOf(s, [2], 0.75, FocalForm.Softmax, averages: true)),
        ["Focal γ of classes"] = new(Multiclass, new Focal { Gammas = [2, 0, 0.5], Weight = Three, Alpha = 0.25 }, s => PlainLosses.FocalOf(s, [2, 0, 0.5], 0.25, weight: Three)),
        ["Focal softmax γ of classes"] = new(Multiclass, new Focal { Form = FocalForm.Softmax, Gammas = [1, 3, 1], AveragesClasses = true }, s => PlainLosses.FocalOf(s, [1, 3, 1], form: FocalForm.Softmax, averages: true)),
        ["Focal γ binary"] = new(Binary, new Focal { Gammas = [2, 0], Alpha = 0.9 }, s => PlainLosses.FocalOf(s, [2, 0], 0.9)),
        ["Focal no background"] = new(Multiclass, new Focal { Classes = ClassSelection.WithoutBackground, AveragesClasses = true, Weight = Three }, s => PlainLosses.FocalOf(s, [2], weight: Three, classes: [1, 2], averages: true)),
        ["Focal softmax no background"] = new(Multiclass, new Focal { Form = FocalForm.Softmax, Classes = ClassSelection.WithoutBackground, Alpha = 0.6 }, s => PlainLosses.FocalOf(s, [2], 0.6, FocalForm.Softmax, classes: [1, 2])),
        ["Focal classes multilabel"] = new(Multilabel, new Focal { Gammas = [0.5, 1, 2], Classes = ClassSelection.Of(0, 2), Alpha = 0.6, AveragesClasses = true }, s => PlainLosses.FocalOf(s, [0.5, 1, 2], 0.6, classes: [0, 2])),
        ["ReducedFocal settings"] = new(Multiclass, new ReducedFocal { Threshold = 0.7, Gamma = 0.5, Alpha = 0.25, Normalized = true }, s => PlainLosses.ReducedFocal(s, 0.5, 0.7, 0.25, isNormalized: true)),
        ["ReducedFocal multilabel"] = new(Multilabel, new ReducedFocal { Threshold = 0.3, Gamma = 3, Alpha = 0.6 }, s => PlainLosses.ReducedFocal(s, 3, 0.3, 0.6)),
        ["UnifiedFocal settings"] = new(Multiclass, new UnifiedFocal { FocalShare = 0.2, Delta = 0.7, Gamma = 0.25, Smoothing = 1, Absent = AbsentClass.LeaveOut }, s => PlainLosses.UnifiedFocal(s, 0.2, 0.7, 0.25, smoothing: 1, absent: AbsentClass.LeaveOut)),
        ["UnifiedFocal symmetric multilabel"] = new(Multilabel, new UnifiedFocal { IsSymmetric = true, Gamma = 0.75 }, s => PlainLosses.UnifiedFocal(s, gamma: 0.75, isSymmetric: true)),
        ["CE classes"] = new(Multiclass, new CrossEntropy { Classes = ClassSelection.Of(2, 0), Weight = Three, LabelSmoothing = 0.2 }, s => PlainLosses.CrossEntropy(s, Three, smoothing: 0.2, counted: [2, 0])),
        ["CE region, classes"] = new(Multiclass, new CrossEntropy { Form = CrossEntropyForm.Region, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.CrossEntropy(s, form: CrossEntropyForm.Region, counted: [1, 2])),
        ["CE inverse, classes multilabel"] = new(Multilabel, new CrossEntropy { Form = CrossEntropyForm.InverseFrequency, Classes = ClassSelection.Of(0, 2) }, s => PlainLosses.CrossEntropy(s, form: CrossEntropyForm.InverseFrequency, counted: [0, 2])),
        ["CE positive weight, classes"] = new(Multilabel, new CrossEntropy { PositiveWeight = Three, Classes = ClassSelection.Of(1, 2) }, s => PlainLosses.PositiveCrossEntropy(s, Three, channels: [1, 2])),
        ["Poly1 classes"] = new(Multiclass, new Poly1CrossEntropy { Weight = Three, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.Poly1(s, 1, Three, [1, 2])),
        ["SCE classes multilabel"] = new(Multilabel, new SymmetricCrossEntropy { Classes = ClassSelection.Of(0, 2) }, s => PlainLosses.SymmetricCrossEntropy(s, classes: [0, 2])),
        ["GCE weight, classes"] = new(Multiclass, new GeneralizedCrossEntropy { Exponent = 0.4, Weight = Three, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.GeneralizedCrossEntropy(s, 0.4, Three, [2, 0])),
        ["GCE weight binary"] = new(Binary, new GeneralizedCrossEntropy { Weight = Two }, s => PlainLosses.GeneralizedCrossEntropy(s, weight: Two)),
        ["UnifiedFocal no background"] = new(Multiclass, new UnifiedFocal { Classes = ClassSelection.WithoutBackground, Gamma = 0.3 }, s => PlainLosses.UnifiedFocal(s, gamma: 0.3, classes: [1, 2])),
        ["UnifiedFocal background alone"] = new(Multiclass, new UnifiedFocal { Classes = ClassSelection.Of(0), Pooling = Pooling.Batch }, s => PlainLosses.UnifiedFocal(s, pooling: Pooling.Batch, classes: [0])),
        ["UnifiedFocal classes multilabel"] = new(Multilabel, new UnifiedFocal { Classes = ClassSelection.Of(0, 2), IsSymmetric = true }, s => PlainLosses.UnifiedFocal(s, isSymmetric: true, classes: [0, 2])),
        ["ExpLog classes"] = new(Multiclass, new ExponentialLogarithmic { Classes = ClassSelection.WithoutBackground }, s => PlainLosses.ExponentialLogarithmic(s, classes: [1, 2])),
        ["TopK weight, classes"] = new(Multiclass, new TopKCrossEntropy { Ratio = 0.4, Weight = Three, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.TopK(s, 0.4, weight: Three, classes: [2, 0])),
        ["TopK weight, smoothing"] = new(Multiclass, new TopKCrossEntropy { Ratio = 0.3, Weight = Three, LabelSmoothing = 0.2, Pooling = Pooling.Image }, s => PlainLosses.TopK(s, 0.3, Pooling.Image, 0.2, Three)),
        ["TopK weight binary"] = new(Binary, new TopKCrossEntropy { Ratio = 0.5, Weight = Two }, s => PlainLosses.TopK(s, 0.5, weight: Two)),
        ["TopK weight, classes multilabel"] = new(Multilabel, new TopKCrossEntropy { Ratio = 0.3, Weight = Three, Classes = ClassSelection.Of(0, 2), LabelSmoothing = 0.1 }, s => PlainLosses.TopK(s, 0.3, Pooling.Batch, 0.1, Three, [0, 2])),
        ["OHEM weight, classes"] = new(Multiclass, new Ohem { Threshold = 0.3, MinRatio = 0.6, Weight = Three, Classes = ClassSelection.WithoutBackground, Pooling = Pooling.Image }, s => PlainLosses.Ohem(s, 0.3, 0.6, Pooling.Image, 0, Three, [1, 2])),
        ["OHEM weight"] = new(Multiclass, new Ohem { Threshold = 0.9, Weight = Three }, s => PlainLosses.Ohem(s, 0.9, weight: Three)),
        ["OHEM weight binary"] = new(Binary, new Ohem { Threshold = 0.2, MinRatio = 0.5, Weight = Two }, s => PlainLosses.Ohem(s, 0.2, 0.5, weight: Two)),
        ["OHEM classes multilabel"] = new(Multilabel, new Ohem { Threshold = 0.5, Classes = ClassSelection.Of(1) }, s => PlainLosses.Ohem(s, 0.5, classes: [1])),
        ["ReducedFocal weight, classes, sum"] = new(Multiclass, new ReducedFocal { Weight = Three, Classes = ClassSelection.Of(2, 0), ClassReduction = ClassReduction.Sum, SumsPixels = true }, s => PlainLosses.ReducedFocal(s, threshold: 0.5, weight: Three, classes: [2, 0], sumsClasses: true, sumsPixels: true)),
        ["ReducedFocal weight binary"] = new(Binary, new ReducedFocal { Weight = Two, Normalized = true, SumsPixels = true }, s => PlainLosses.ReducedFocal(s, threshold: 0.5, weight: Two, isNormalized: true)),
        ["ReducedFocal weight, classes multilabel"] = new(Multilabel, new ReducedFocal { Weight = Three, Classes = ClassSelection.Of(0, 2) }, s => PlainLosses.ReducedFocal(s, threshold: 0.5, weight: Three, classes: [0, 2])),
        ["Focal sums channels"] = new(Multilabel, new Focal { SumsChannels = true, Pooling = Pooling.Image, Classes = ClassSelection.Of(0, 2) }, s => 2 * PlainLosses.FocalOf(s, [2], classes: [0, 2], pooling: Pooling.Image)),
        ["L1 prior"] = new(Multiclass, new RegionSizeL1 { Temperature = 1, Prior = [0.9, 0.02, 0.08] }, s => PlainLosses.L1OfPrior(s, [0.9, 0.02, 0.08], 1)),
        ["L1 prior binary"] = new(Binary, new RegionSizeL1 { Prior = [0.01] }, s => PlainLosses.L1OfPrior(s, [0.01], 10)),
        ["KL prior"] = new(Multiclass, new RegionSizeKl { Temperature = 2, Prior = [0.9, 0, 0.1] }, s => PlainLosses.KlOfPrior(s, [0.9, 0, 0.1], 2)),
        ["KL prior multilabel"] = new(Multilabel, new RegionSizeKl { Prior = [0.1, 0.7, 0.02] }, s => PlainLosses.KlOfPrior(s, [0.1, 0.7, 0.02], 10)),
        ["SizeBounds"] = new(Multiclass, new SizeBounds { Lower = [0.6, 0.01, 0], Upper = [0.9, 0.02, 0.4], Tolerance = 0.05, ClassReduction = ClassReduction.Mean }, s => PlainLosses.SizeBounds(s, [0.6, 0.01, 0], [0.9, 0.02, 0.4], 0.05, reduction: ClassReduction.Mean)),
        ["SizeBounds binary"] = new(Binary, new SizeBounds { Lower = [0.01], Upper = [0.05], Temperature = 3 }, s => PlainLosses.SizeBounds(s, [0.01], [0.05], temperature: 3)),
        ["SizeBounds barrier"] = new(Multiclass, new SizeBounds { Form = SizeBoundsForm.LogBarrier, Lower = [0, 0.05, 0.9], Upper = [1, 0.99, 0.95] }, s => PlainLosses.SizeBounds(s, [0, 0.05, 0.9], [1, 0.99, 0.95], barrier: 5)),
        ["SizeBounds barrier of the image"] = new(Multilabel, new SizeBounds { Form = SizeBoundsForm.LogBarrier, Tolerance = 0.9, Steepness = 20 }, s => PlainLosses.SizeBounds(s, tolerance: 0.9, barrier: 20)),
        ["Dice smooth, ε"] = new(Multiclass, new Dice { Pooling = Pooling.Image, Smoothing = 0.5, Epsilon = 8 }, s => PlainLosses.Dice(s, pooling: Pooling.Image, smooth: 0.5, epsilon: 8)),
        ["Dice classes"] = new(Multiclass, new Dice { Pooling = Pooling.Image, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.Dice(s, pooling: Pooling.Image, classes: [2, 0])),
        ["LogDice no background"] = new(Multiclass, new LogDice { Pooling = Pooling.Image, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, classes: [1, 2])),
        ["LogDice keep, smooth"] = new(Multiclass, new LogDice { Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, 1, absent: AbsentClass.Keep)),
        ["LogDice keep multilabel"] = new(Multilabel, new LogDice { Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep }, s => PlainLosses.Dice(s, isLog: true, Pooling.Image, 1, absent: AbsentClass.Keep)),
        ["Dice leave out binary"] = new(Binary, new Dice { Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }, s => PlainLosses.Dice(s, pooling: Pooling.Image, absent: AbsentClass.LeaveOut)),
        ["DB ε"] = new(Multiclass, new DiceBias { Temperature = 2, ClassReduction = ClassReduction.Sum, Epsilon = 0.5 }, s => PlainLosses.DiceBias(s, 2, ClassReduction.Sum, 0.5)),
        ["L1 τ=3"] = new(Multiclass, new RegionSizeL1 { Temperature = 3, ClassReduction = ClassReduction.Sum, Epsilon = 0 }, s => PlainLosses.L1(s, 3, ClassReduction.Sum, 0)),
        ["L1 ε multilabel"] = new(Multilabel, new RegionSizeL1 { Temperature = 0.5, Epsilon = 2 }, s => PlainLosses.L1(s, 0.5, epsilon: 2)),
        ["KL τ=2, ε=0"] = new(Multiclass, new RegionSizeKl { Temperature = 2, Epsilon = 0 }, s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["KL τ=2, ε=0 binary"] = new(Binary, new RegionSizeKl { Temperature = 2, Epsilon = 0 }, s => PlainLosses.Kl(s, 2, epsilon: 0)),
        ["Tversky classes"] = new(Multiclass, new Tversky { Alpha = 0.3, Beta = 0.7, Pooling = Pooling.Image, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.Tversky(s, 0.3, 0.7, pooling: Pooling.Image, classes: [2, 0])),
        ["Tversky no background, leave out, focal"] = new(Multiclass, new Tversky { Alpha = 0.6, Beta = 0.2, Exponent = 1.5, Smoothing = 0.5, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.Tversky(s, 0.6, 0.2, 1.5, Pooling.Image, 0.5, absent: AbsentClass.LeaveOut, classes: [1, 2])),
        ["Tversky keep multilabel"] = new(Multilabel, new Tversky { Alpha = 1, Beta = 0, Pooling = Pooling.Image, Absent = AbsentClass.Keep, Classes = ClassSelection.Of(1) }, s => PlainLosses.Tversky(s, 1, 0, pooling: Pooling.Image, absent: AbsentClass.Keep, classes: [1])),
        ["Tversky ε binary"] = new(Binary, new Tversky { Alpha = 0.9, Beta = 0.4, Epsilon = 3, Pooling = Pooling.Image }, s => PlainLosses.Tversky(s, 0.9, 0.4, pooling: Pooling.Image, epsilon: 3)),
        ["Dice smoothing below"] = new(Multiclass, new Dice { Smoothing = 0.5, SmoothingBelow = 2, Pooling = Pooling.Image }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Smoothing = 0.5, SmoothingBelow = 2, Pooling = Pooling.Image })),
        ["Dice weight"] = new(Multiclass, new Dice { Weight = Three, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Weight = Three, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut, Classes = [2, 0] })),
        ["Dice weight binary"] = new(Binary, new Dice { Weight = Two }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Weight = Two })),
        ["Dice weight, sum"] = new(Multilabel, new Dice { Weight = Three, ClassReduction = ClassReduction.Sum, Absent = AbsentClass.Keep }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Weight = Three, Reduction = ClassReduction.Sum, Absent = AbsentClass.Keep })),
        ["Dice weight normalised"] = new(Multiclass, new Dice { Weight = Three, NormalizesWeight = true, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Weight = Three, NormalizesWeight = true, Classes = [1, 2] })),
        ["Dice weight normalised, leave out"] = new(Multiclass, new Dice { Weight = Three, NormalizesWeight = true, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }, s => PlainLosses.Overlap(s, new(2, 1, 1) { Weight = Three, NormalizesWeight = true, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut })),
        ["Dice least overlap"] = new(Multiclass, new Dice { MinimumOverlap = 3, Link = OverlapLink.Negative, Pooling = Pooling.Image, Absent = AbsentClass.Keep, Smoothing = 1 }, s => PlainLosses.Overlap(s, new(2, 1, 1) { MinimumOverlap = 3, Link = OverlapLink.Negative, Pooling = Pooling.Image, Absent = AbsentClass.Keep, Smoothing = 1 })),
        ["Jaccard squared, sum"] = new(Multiclass, new Jaccard { Form = DiceForm.Squared, Smoothing = 1e-5, ClassReduction = ClassReduction.Sum }, s => PlainLosses.Overlap(s, new(1, 1, 1) { Form = DiceForm.Squared, Smoothing = 1e-5, Reduction = ClassReduction.Sum })),
        ["Jaccard log, least overlap"] = new(Multilabel, new Jaccard { Link = OverlapLink.Log, MinimumOverlap = 1 }, s => PlainLosses.Overlap(s, new(1, 1, 1) { Link = OverlapLink.Log, MinimumOverlap = 1 })),
        ["Tversky distance, log"] = new(Binary, new Tversky { Alpha = 0.2, Beta = 0.9, Form = DiceForm.Distance, Link = OverlapLink.Log }, s => PlainLosses.Overlap(s, new(1, 0.2, 0.9) { Form = DiceForm.Distance, Link = OverlapLink.Log })),
        ["Tversky log cosh, exponents"] = new(Multiclass, new Tversky { Alpha = 0.2, Beta = 0.9, Form = DiceForm.Squared, Link = OverlapLink.LogCosh, Exponent = 0.75, ExponentOfMean = 1.5, Weight = Three, Pooling = Pooling.Image }, s => PlainLosses.Overlap(s, new(1, 0.2, 0.9) { Form = DiceForm.Squared, Link = OverlapLink.LogCosh, Exponent = 0.75, ExponentOfMean = 1.5, Weight = Three, Pooling = Pooling.Image })),
        ["GDice ε"] = new(Multiclass, new GeneralizedDice { Absent = AbsentWeight.Bounded, Epsilon = 0.05 }, s => PlainLosses.GeneralizedDice(s, 0.05, AbsentWeight.Bounded)),
        ["GDice 1/T, ε"] = new(Multiclass, new GeneralizedDice { Absent = AbsentWeight.Bounded, Weighting = SizeWeighting.Simple, Pooling = Pooling.Image, Epsilon = 2 }, s => PlainLosses.GeneralizedDice(s, 2, AbsentWeight.Bounded, SizeWeighting.Simple, Pooling.Image)),
        ["GDice leave out"] = new(Multilabel, new GeneralizedDice { Absent = AbsentWeight.LeaveOut, Pooling = Pooling.Image }, s => PlainLosses.GeneralizedDice(s, absent: AbsentWeight.LeaveOut, pooling: Pooling.Image)),
        ["GDice 1, leave out, classes"] = new(Multiclass, new GeneralizedDice { Absent = AbsentWeight.LeaveOut, Weighting = SizeWeighting.Uniform, Pooling = Pooling.Image, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.GeneralizedDice(s, absent: AbsentWeight.LeaveOut, weighting: SizeWeighting.Uniform, pooling: Pooling.Image, classes: [2, 0])),
        ["GDice 1, largest"] = new(Multiclass, new GeneralizedDice { Weighting = SizeWeighting.Uniform, Pooling = Pooling.Image }, s => PlainLosses.GeneralizedDice(s, weighting: SizeWeighting.Uniform, pooling: Pooling.Image)),
        ["GDice 1/T, smoothing"] = new(Multiclass, new GeneralizedDice { Weighting = SizeWeighting.Simple, Pooling = Pooling.Image, Smoothing = 0.1, SmoothingBelow = 0.3, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.GeneralizedDice(s, weighting: SizeWeighting.Simple, pooling: Pooling.Image, smoothing: 0.1, below: 0.3, classes: [1, 2])),
        ["GDice binary foreground"] = new(Binary, new GeneralizedDice { Pooling = Pooling.Image, Smoothing = 1e-5, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.GeneralizedDice(s, pooling: Pooling.Image, smoothing: 1e-5, withBackground: false)),
        ["WassersteinDice distances"] = new(Multiclass, new WassersteinDice { Distances = Distances, Pooling = Pooling.Image }, s => PlainLosses.WassersteinDice(s, Distances, pooling: Pooling.Image)),
        ["WassersteinDice sizes, background 2"] = new(Multiclass, new WassersteinDice { Distances = Distances, Weighting = WassersteinWeighting.InverseSize, Background = 2, Smoothing = 0.3, SmoothingBelow = 0.1 }, s => PlainLosses.WassersteinDice(s, Distances, WassersteinWeighting.InverseSize, 2, smoothing: 0.3, below: 0.1)),
        ["WassersteinDice background 1"] = new(Multiclass, new WassersteinDice { Distances = Distances, Background = 1 }, s => PlainLosses.WassersteinDice(s, Distances, background: 1)),
        ["WassersteinDice binary"] = new(Binary, new WassersteinDice { Distances = ClassDistances.Of(new double[,] { { 0, 0.3 }, { 1, 0 } }) }, s => PlainLosses.WassersteinDice(s, ClassDistances.Of(new double[,] { { 0, 0.3 }, { 1, 0 } }))),
        ["WassersteinDice multilabel"] = new(Multilabel, new WassersteinDice { Pooling = Pooling.Image, Smoothing = 1e-5 }, s => PlainLosses.WassersteinDice(s, pooling: Pooling.Image, smoothing: 1e-5)),
        ["MCC per image, leave out"] = new(Multiclass, new MatthewsCorrelation { Form = MatthewsForm.OneVsRest, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut, Classes = ClassSelection.Of(2, 0) }, s => PlainLosses.Matthews(s, MatthewsForm.OneVsRest, Pooling.Image, absent: AbsentClass.LeaveOut, classes: [2, 0])),
        ["MCC joint, smoothing, keep"] = new(Multiclass, new MatthewsCorrelation { Pooling = Pooling.Image, Smoothing = 0.5, Absent = AbsentClass.Keep }, s => PlainLosses.Matthews(s, pooling: Pooling.Image, smoothing: 0.5, absent: AbsentClass.Keep)),
        ["MCC binary, smoothing"] = new(Binary, new MatthewsCorrelation { Smoothing = 1e-5, Absent = AbsentClass.Keep }, s => PlainLosses.Matthews(s, smoothing: 1e-5, absent: AbsentClass.Keep)),
        ["SS per image, λ"] = new(Multiclass, new SensitivitySpecificity { SensitivityShare = 0.4, Pooling = Pooling.Image, Classes = ClassSelection.WithoutBackground }, s => PlainLosses.SensitivitySpecificity(s, 0.4, Pooling.Image, [1, 2])),
        ["ExpLog per image"] = new(Multiclass, new ExponentialLogarithmic { DiceShare = 0.5, CrossEntropyShare = 2, DiceExponent = 1.5, CrossEntropyExponent = 0.7, Pooling = Pooling.Image, Smoothing = 0, Absent = AbsentClass.LeaveOut }, s => PlainLosses.ExponentialLogarithmic(s, 0.5, 2, 1.5, 0.7, null, Pooling.Image, 0, AbsentClass.LeaveOut)),
        ["ExpLog weight"] = new(Binary, new ExponentialLogarithmic { Weight = Two, Epsilon = 0.6 }, s => PlainLosses.ExponentialLogarithmic(s, weight: Two, epsilon: 0.6)),
        ["TopK per image"] = new(Multiclass, new TopKCrossEntropy { Ratio = 0.5, Pooling = Pooling.Image }, s => PlainLosses.TopK(s, 0.5, Pooling.Image)),
        ["TopK per image binary"] = new(Binary, new TopKCrossEntropy { Ratio = 0.7, Pooling = Pooling.Image }, s => PlainLosses.TopK(s, 0.7, Pooling.Image)),
        ["TopK per image multilabel"] = new(Multilabel, new TopKCrossEntropy { Ratio = 0.3, Pooling = Pooling.Image }, s => PlainLosses.TopK(s, 0.3, Pooling.Image)),
        ["TopK smooth"] = new(Multiclass, new TopKCrossEntropy { Ratio = 0.5, LabelSmoothing = 0.2, Pooling = Pooling.Image }, s => PlainLosses.TopK(s, 0.5, Pooling.Image, 0.2)),
        ["OHEM few"] = new(Multiclass, new Ohem { Threshold = 0.05, MinRatio = 0, MinCount = 4 }, s => PlainLosses.Ohem(s, 0.05, 0, count: 4)),
        ["OHEM per image multilabel"] = new(Multilabel, new Ohem { Threshold = 0.4, MinRatio = 0.1, Pooling = Pooling.Image }, s => PlainLosses.Ohem(s, 0.4, 0.1, Pooling.Image)),
        ["OHEM more than there are"] = new(Binary, new Ohem { Threshold = 0.5, MinCount = 1000 }, s => PlainLosses.Ohem(s, 0.5, count: 1000)),
        ["Lovász classes, count zero"] = new(Multiclass, new LovaszSoftmax { Classes = ClassSelection.Of(2, 0), Absent = AbsentClass.CountZero, Pooling = Pooling.Image }, s => PlainLosses.LovaszSoftmax(s, Pooling.Image, AbsentClass.CountZero, [2, 0])),
        ["Lovász no background"] = new(Multiclass, new LovaszSoftmax { Classes = ClassSelection.WithoutBackground }, s => PlainLosses.LovaszSoftmax(s, classes: [1, 2])),
        ["Lovász hinge classes joined"] = new(Multilabel, new LovaszHinge { Classes = ClassSelection.Of(1, 2), JoinsClasses = true }, s => PlainLosses.LovaszHinge(s, classes: [1, 2], joins: true)),
        ["Lovász hinge leave out"] = new(Multilabel, new LovaszHinge { Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut, Classes = ClassSelection.Of(2) }, s => PlainLosses.LovaszHinge(s, Pooling.Image, AbsentClass.LeaveOut, [2])),
        ["clDice classes joined"] = new(Multiclass, new CenterlineDice { Classes = ClassSelection.WithoutBackground, JoinsClasses = true, Iterations = 2 }, s => PlainLosses.CenterlineDice(s, 2, classes: [1, 2], joins: true)),
        ["clDice no smoothing, count zero"] = new(Multilabel, new CenterlineDice { Iterations = 0, Smoothing = 0, Pooling = Pooling.Image, Absent = AbsentClass.CountZero }, s => PlainLosses.CenterlineDice(s, 0, 0, Pooling.Image, AbsentClass.CountZero)),
        ["Hausdorff classes"] = new(Multiclass, new HausdorffDistance { Classes = ClassSelection.Of(2, 0), Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }, s => PlainLosses.Hausdorff(s, pooling: Pooling.Image, absent: AbsentClass.LeaveOut, classes: [2, 0])),
        ["Hausdorff count zero"] = new(Multilabel, new HausdorffDistance { Alpha = 0.7, Pooling = Pooling.Image, Absent = AbsentClass.CountZero, Log = true }, s => PlainLosses.Hausdorff(s, 0.7, isLog: true, pooling: Pooling.Image, absent: AbsentClass.CountZero)),
        ["CE + TopK"] = new(Multiclass, new CrossEntropy { Weight = Three } + (0.4 * new TopKCrossEntropy { Ratio = 0.2 }), s => PlainLosses.CrossEntropy(s, Three) + (0.4 * PlainLosses.TopK(s, 0.2))),
        ["RCE(L1) weight binary"] = new(Binary, r => new RceL1Loss { Matching = new() { Weight = Two }, Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Two) + PlainLosses.L1(s)),
        ["RCE(KL) λ, τ, weight"] = new(Multiclass, r => new RceKlLoss { Lambda = 0.7, Matching = new() { Weight = Three }, Penalty = new() { Temperature = 2 }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three) + (0.7 * PlainLosses.Kl(s, 2))),
        ["RFL(L1) λ, γ, softmax, weight"] = new(Multiclass, r => new RflL1Loss { Lambda = 0.3, Matching = new() { Gamma = 3, Form = FocalForm.Softmax, Weight = Three }, Penalty = new() { Temperature = 2 }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, 3, FocalForm.Softmax, weight: Three) + (0.3 * PlainLosses.L1(s, 2))),
        ["RFL(KL) weight multilabel"] = new(Multilabel, r => new RflKlLoss { Matching = new() { Weight = Three }, Mode = Multilabel, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, weight: Three) + (0.1 * PlainLosses.Kl(s))),
        ["DiceCE per image, weight"] = new(Multiclass, r => new DiceCeLoss { Lambda = 1, Matching = new() { Weight = Three }, Penalty = new() { Pooling = Pooling.Image }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three) + PlainLosses.Dice(s, pooling: Pooling.Image)),
        ["DiceFL per image, weight"] = new(Multiclass, r => new DiceFlLoss { Matching = new() { Weight = Three }, Penalty = new() { Pooling = Pooling.Image }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, weight: Three) + (0.1 * PlainLosses.Dice(s, pooling: Pooling.Image))),
        ["LogDiceCE weight"] = new(Multiclass, r => new LogDiceCeLoss { Matching = new() { Weight = Three }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three) + (0.1 * PlainLosses.Dice(s, isLog: true))),
        ["LogDiceFL per image, weight binary"] = new(Binary, r => new LogDiceFlLoss { Matching = new() { Weight = Two }, Penalty = new() { Pooling = Pooling.Image }, Mode = Binary, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.Focal(s, weight: Two) + (0.1 * PlainLosses.Dice(s, isLog: true, pooling: Pooling.Image))),
        ["DBCE weight"] = new(Multiclass, r => new DbceLoss { Matching = new() { Weight = Three }, IgnoreIndex = Ignore, Reduction = r }, s => PlainLosses.CrossEntropy(s, Three) + (0.01 * PlainLosses.DiceBias(s))),
        ["three terms"] = new(Multiclass, new CrossEntropy() + (0.5 * new Dice { Pooling = Pooling.Image }) + (2 * new RegionSizeL1 { Temperature = 3 }), s => PlainLosses.CrossEntropy(s) + (0.5 * PlainLosses.Dice(s, pooling: Pooling.Image)) + (2 * PlainLosses.L1(s, 3))),
    };

    /// <summary>For [MemberData]: all of them.</summary>
    public static TheoryData<string> All => Where(_ => true);

    /// <summary>Those that are formulas.</summary>
    public static TheoryData<string> Names => Where(option => !option.IsOfPixels);

    /// <summary>Those with a value for each image.</summary>
    public static TheoryData<string> PerImage => Where(option => !option.IsPooled);

    internal static OptionCase Get(string name) => Cases[name];

    private static TheoryData<string> Where(Func<OptionCase, bool> isMeant) => [.. Cases.Where(option => isMeant(option.Value)).Select(option => option.Key)];
}

/// <param name="Mode">The mode of its scenes.</param>
/// <param name="Build">The library's loss.</param>
/// <param name="Plain">The same in plain loops, for Reduction.Mean.</param>
internal sealed record OptionCase(SegmentationMode Mode, Func<Reduction, SegmentationLoss> Build, Func<Scene, double> Plain)
{
    internal OptionCase(SegmentationMode mode, LossSum terms, Func<Scene, double> plain)
        : this(mode, reduction => new SegmentationLoss(terms) { Mode = mode, IgnoreIndex = Scene.Ignore, Reduction = reduction }, plain)
    {
    }

    internal bool IsPooled => Any(LossCase.Pools);

    internal bool IsOfPixels => Any(term => term is PixelTerm);

    private bool Any(Func<LossTerm, bool> isMeant)
    {
        using var loss = Build(Reduction.Mean);
        return loss.Terms.Any(term => isMeant(term.Term));
    }
}
