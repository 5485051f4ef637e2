using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Settings are properties that can be read; what is no setting is refused where it is written, or at the first call where two contradict.</summary>
public class SettingTests
{
    public static TheoryData<string> Refused => [.. Wrong.Keys];

    private static readonly Dictionary<string, (Func<object> Build, string Message)> Wrong = new()
    {
        ["γ < 0"] = (() => new Focal { Gamma = -1 }, "*γ must be finite and not negative*-1*"),
        ["γ of a statistic"] = (() => RegionStatistic.Focal(-1, FocalForm.Softmax), "*γ must be finite and not negative*-1*"),
        ["smoothing of a statistic"] = (() => RegionStatistic.Focal(2, FocalForm.OneVsRest, 0.1), "*belongs to FocalForm.Softmax alone*0.1*"),
        ["γ NaN"] = (() => new Focal { Gamma = double.NaN }, "*γ must be finite and not negative*NaN*"),
        ["focal form"] = (() => new Focal { Form = (FocalForm)7 }, "Form must be one of FocalForm (OneVsRest, Softmax), but it is 7*"),
        ["form of a statistic"] = (() => RegionStatistic.Focal(2, (FocalForm)7), "form must be one of FocalForm (OneVsRest, Softmax), but it is 7*"),
        ["focal smoothing"] = (() => new Focal { Smoothing = 0.5 }, "*[0, 0.5)*0.5*"),
        ["CE form"] = (() => new CrossEntropy { Form = (CrossEntropyForm)9 }, "Form must be one of CrossEntropyForm (*9*"),
        ["pooling"] = (() => new Dice { Pooling = (Pooling)5 }, "Pooling must be one of Pooling (Batch, Image), but it is 5*"),
        ["absent"] = (() => new Dice { Absent = (AbsentClass)5 }, "Absent must be one of *5*"),
        ["class reduction"] = (() => new RegionSizeL1 { ClassReduction = (ClassReduction)3 }, "ClassReduction must be one of *3*"),
        ["smoothing"] = (() => new Dice { Smoothing = -1 }, "the smoothing, in pixels, must be finite and not negative*-1*"),
        ["smoothing below"] = (() => new Jaccard { SmoothingBelow = -1 }, "the smoothing of the denominator, in pixels, must be finite and not negative*-1*"),
        ["least overlap"] = (() => new Dice { MinimumOverlap = double.NaN }, "the least overlap, in pixels,*"),
        ["ε of an overlap"] = (() => new Dice { Epsilon = 0 }, "ε bounds a denominator and must be positive*"),
        ["link"] = (() => new Dice { Link = (OverlapLink)9 }, "Link must be one of OverlapLink (*9*"),
        ["γ of the mean"] = (() => new Tversky { ExponentOfMean = 0 }, "the exponent γ of the mean must be positive*"),
        ["Wasserstein weighting"] = (() => new WassersteinDice { Weighting = (WassersteinWeighting)9 }, "Weighting must be one of*"),
        ["distances not square"] = (() => ClassDistances.Of(new double[2, 3]), "*square matrix*2×3*"),
        ["distances negative"] = (() => ClassDistances.Of(new double[,] { { 0, -1 }, { 1, 0 } }), "*not negative*[[0, -1], [1, 0]]*"),
        ["distances 0"] = (() => ClassDistances.Of(new double[2, 2]), "*above 0 for some pair*"),
        ["true class"] = (() => RegionStatistic.Confusion(-1), "*must be a class of the logits*-1*"),
        ["MCC form"] = (() => new MatthewsCorrelation { Form = (MatthewsForm)9 }, "Form must be one of MatthewsForm*"),
        ["sensitivity"] = (() => new SensitivitySpecificity { SensitivityShare = 1.5 }, "*must lie in [0, 1]*"),
        ["exponent of Dice"] = (() => new ExponentialLogarithmic { DiceExponent = 0 }, "the exponent of Dice must be positive*"),
        ["share of Dice"] = (() => new ExponentialLogarithmic { DiceShare = -1 }, "the share of Dice must be finite and not negative*"),
        ["GDice weighting"] = (() => new GeneralizedDice { Weighting = (SizeWeighting)9 }, "Weighting must be one of*"),
        ["GDice absent"] = (() => new GeneralizedDice { Absent = (AbsentWeight)9 }, "Absent must be one of*"),
        ["Dice ε"] = (() => new LogDice { Epsilon = 0 }, "*must be positive and finite*0*"),
        ["GDice ε"] = (() => new GeneralizedDice { Epsilon = double.PositiveInfinity }, "*must be positive and finite*"),
        ["L1 ε"] = (() => new RegionSizeL1 { Epsilon = -1 }, "ε, in pixels, must be finite and not negative*"),
        ["τ"] = (() => new RegionSizeKl { Temperature = 0 }, "*temperature multiplies the logits and must be positive*"),
        ["λ"] = (() => new RceL1Loss { Lambda = double.PositiveInfinity }, "a weight λ or temperature τ must be finite*"),
        ["α"] = (() => new Tversky { Alpha = -0.1 }, "α, the weight of false alarms,*"),
        ["β"] = (() => new Tversky { Beta = double.NaN }, "β, the weight of misses,*"),
        ["q"] = (() => new Tversky { Exponent = 0 }, "the focal exponent q must be positive*"),
        ["ratio 0"] = (() => new TopKCrossEntropy { Ratio = 0 }, "*(0, 1]*nnU-Net has 0.1*"),
        ["ratio 2"] = (() => new TopKCrossEntropy { Ratio = 2 }, "*(0, 1]*"),
        ["top-k smoothing"] = (() => new TopKCrossEntropy { LabelSmoothing = 1 }, "the label smoothing must lie in [0, 1)*"),
        ["OHEM threshold"] = (() => new Ohem { Threshold = 0 }, "*probability*(0, 1]*"),
        ["OHEM share"] = (() => new Ohem { MinRatio = 1.5 }, "*at least must lie in [0, 1]*"),
        ["OHEM number"] = (() => new Ohem { MinCount = -1 }, "*must not be negative*"),
        ["no class"] = (() => new Dice { Classes = ClassSelection.Of() }, "a class selection needs at least one class*it is []*"),
        ["a class twice"] = (() => new Dice { Classes = ClassSelection.Of(1, 1) }, "*named once, but it is [1, 1]*"),
        ["a class below 0"] = (() => new Dice { Classes = ClassSelection.Of(1, -1) }, "*at least 0*it is [1, -1]*"),
        ["Lovász classes"] = (() => new LovaszSoftmax { Classes = null! }, "Classes must not be null*"),
        ["Lovász hinge pooling"] = (() => new LovaszHinge { Pooling = (Pooling)5 }, "Pooling must be*"),
        ["clDice erosions"] = (() => new CenterlineDice { Iterations = -1 }, "*must not be negative; take the largest radius*"),
        ["clDice smoothing"] = (() => new CenterlineDice { Smoothing = -1 }, "the smoothing, in pixels, must be finite and not negative*"),
        ["Hausdorff α"] = (() => new HausdorffDistance { Alpha = 0 }, "α, the power of distances, must be positive*"),
        ["Hausdorff map"] = (() => new HausdorffDistance { Map = " " }, "*whitespace*"),
        ["top-k pooling"] = (() => new TopKCrossEntropy { Pooling = (Pooling)5 }, "Pooling must be*"),
        ["mode"] = (() => new RceL1Loss { Mode = (SegmentationMode)17 }, "Mode must be one of *17*"),
        ["reduction"] = (() => new RceL1Loss { Reduction = (Reduction)17 }, "Reduction must be one of *17*"),
        ["focal α"] = (() => new Focal { Alpha = 1.5 }, "α must lie in [0, 1]*1.5*"),
        ["threshold"] = (() => new ReducedFocal { Threshold = 0 }, "the threshold θ must lie in (0, 1]*"),
        ["poly ε"] = (() => new Poly1CrossEntropy { Epsilon = -2 }, "*at least −1*-2*"),
        ["log 0"] = (() => new SymmetricCrossEntropy { LogZero = 0 }, "A stands for log 0*below 0*"),
        ["SCE β"] = (() => new SymmetricCrossEntropy { Beta = -1 }, "β, the weight of the reverse cross-entropy,*"),
        ["unified γ"] = (() => new UnifiedFocal { Gamma = 1 }, "γ must lie in [0, 1)*"),
        ["unified δ"] = (() => new UnifiedFocal { Delta = 2 }, "δ, the weight of rare regions*[0, 1]*"),
        ["prior"] = (() => new RegionSizeL1 { Prior = [0.5, 30] }, "Prior holds proportions*[0.5, 30]*divide sizes in pixels*"),
        ["bound"] = (() => new SizeBounds { Upper = [2] }, "Upper holds proportions*"),
        ["tolerance"] = (() => new SizeBounds { Tolerance = -0.1 }, "the tolerance is a share*"),
        ["size form"] = (() => new SizeBounds { Form = (SizeBoundsForm)4 }, "Form must be one of SizeBoundsForm*4*"),
        ["weights"] = (() => new CrossEntropy { Weight = [1, -2] }, "class weights must be at least one number, finite and not negative, but they are [1, -2]*"),
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Setting_OutsideItsRange_IsRefusedWhereItIsWritten(string name) =>
        FluentActions.Invoking(Wrong[name].Build).Should().Throw<ArgumentException>().WithMessage(Wrong[name].Message);

    [Fact]
    public void SettingsThatContradict_AreRefusedAtTheFirstCall()
    {
        Refuses<InvalidOperationException>(new CrossEntropy { Weight = [1, 1, 1], Form = CrossEntropyForm.Region }, "CrossEntropyForm.Region takes its weights from the sizes of the regions, but Weight is [1, 1, 1]*");
        Refuses<InvalidOperationException>(new CrossEntropy { LabelSmoothing = 0.1, Form = CrossEntropyForm.Region }, "label smoothing is defined for CrossEntropyForm.Pixel, but the form is Region*");
        Refuses<ArgumentException>(new CrossEntropy { Weight = [1, 1] }, "there are 2 class weights, [1, 1], but the logits have 3 classes*");
        Refuses<InvalidOperationException>(new CrossEntropy { PositiveWeight = [1, 1, 1] }, "PositiveWeight weighs the foreground of a channel*the mode Multiclass; leave it out*");
        Refuses<InvalidOperationException>(new CrossEntropy { PositiveWeight = [2], Form = CrossEntropyForm.Region }, "PositiveWeight*the form is Region*", SegmentationMode.Binary);
        Refuses<ArgumentException>(new CrossEntropy { PositiveWeight = [2, 1] }, "there must be a positive weight for each channel, 3 in all, but there are 2: [2, 1].", SegmentationMode.Multilabel);
        Refuses<ArgumentException>(new Focal { Gammas = [2, 1] }, "there must be an exponent γ for each class, 3 in all, but there are 2: [2, 1].");
        Refuses<ArgumentException>(new RegionSizeKl { Prior = [0.2, 0.3, 0.4] }, "*must add up to 1, but [0.2, 0.3, 0.4] add up to 0.9*");
        Refuses<ArgumentException>(new RegionSizeL1 { Prior = [0.2, 0.8] }, "there must be a proportion Prior for each channel, 3 in all, but there are 2*", SegmentationMode.Multilabel);
        Refuses<InvalidOperationException>(new SizeBounds { Lower = [0.1, 0.1, 0.1] }, "SizeBounds needs both bounds*Upper is missing*");
        Refuses<InvalidOperationException>(new SizeBounds { Lower = [0.1, 0.4, 0], Upper = [0.5, 0.3, 1] }, "no lower bound may lie above*exchange them*");
        Refuses<InvalidOperationException>(new SizeBounds { Lower = [0, 0, 0], Upper = [0.2, 0.3, 0.1] }, "*the upper ones to at least 1*with a tolerance of 0.1; widen them*");
        Refuses<ArgumentException>(new SizeBounds { Lower = [0, 0], Upper = [1, 1] }, "there must be a proportion Lower for each channel*", SegmentationMode.Binary);
        Refuses<InvalidOperationException>(new SizeBounds { Form = SizeBoundsForm.LogBarrier, Steepness = 0 }, "Steepness*must be above 0*in epoch 0*");
        Refuses<InvalidOperationException>(new Dice { NormalizesWeight = true, ClassReduction = ClassReduction.Sum }, "a sum over the classes has nothing to divide by, but NormalizesWeight is set*");
        Refuses<InvalidOperationException>(new Tversky { Link = OverlapLink.Negative, Exponent = 2 }, "*OverlapLink.Negative the exponent q is 2*");
        Refuses<InvalidOperationException>(new WassersteinDice { Background = 3 }, "the background must be one of the classes 0..2, but it is 3*");
        Refuses<ArgumentException>(new WassersteinDice { Distances = ClassDistances.Of(new double[,] { { 0, 1 }, { 1, 0 } }) }, "there are distances between 2 classes*the logits have 3*");
        Refuses<InvalidOperationException>(new MatthewsCorrelation { Classes = ClassSelection.WithoutBackground }, "a correlation of all classes together has no selection, but Classes is WithoutBackground*");
        Refuses<ArgumentException>(new Dice { Weight = [1, 1] }, "there are 2 class weights*3 classes*");
        Refuses<ArgumentException>(new Dice { Classes = ClassSelection.Of(3) }, "*class 3 is selected*");
        Refuses<ArgumentException>(new Dice { Classes = ClassSelection.WithoutBackground }, "*at least 2 channels*", SegmentationMode.Binary);
        Refuses<ArgumentException>(new HausdorffDistance { SpacingMm = [1] }, "*spacingMm needs one value for each of the 2 spatial axes*");
        Refuses<ArgumentException>(new Focal { Form = FocalForm.Softmax, Smoothing = 0.1 }, "*smoothing*belongs to multiclass mode*", SegmentationMode.Binary);

        static void Refuses<TException>(LossTerm term, string message, SegmentationMode mode = SegmentationMode.Multiclass)
            where TException : Exception
        {
            using var loss = new SegmentationLoss(term) { Mode = mode };
            FluentActions.Invoking(() => Scenes.Usual(mode).Evaluate(loss)).Should().Throw<TException>().WithMessage(message);
        }
    }

    [Fact]
    public void Text_HasTheNameAndAllSettings()
    {
        using var loss = new RceL1Loss { IgnoreIndex = 255, Lambda = 0.1, Matching = new() { Weight = [0.5, 1] } };
        loss.ToString().Should().Be("RCE(L1) { Lambda = 0.1, Matching = WCE { Form = Pixel, Weight = [0.5, 1], LabelSmoothing = 0, PositiveWeight = null, Classes = All }, "
            + "Penalty = L1 { Prior = null, Temperature = 10, ClassReduction = Mean, Epsilon = 1E-10 }, Name = RCE(L1), Mode = Multiclass, IgnoreIndex = 255, IgnoreIndices = [], Reduction = Mean, ChecksLabels = True }");
        using var single = new SegmentationLoss(new TopKCrossEntropy() + (0.5 * new Tversky { Alpha = 0.3 }));
        single.ToString().Should().StartWith("TopK + 0.5·Tversky { Terms = 1·TopK { Ratio = 0.1, LabelSmoothing = 0, Pooling = Batch, Weight = null, Classes = All } + 0.5·Tversky { Alpha = 0.3, Beta = 0.5, Exponent = 1, ");
        new Dice { Classes = ClassSelection.WithoutBackground }.ToString().Should().Be("Dice { Form = Plain, Link = Linear, Pooling = Batch, Smoothing = 0, SmoothingBelow = null, Epsilon = 1E-07, MinimumOverlap = 0, Absent = CountZero, Classes = WithoutBackground, Weight = null, NormalizesWeight = False, ClassReduction = Mean }");
        new RegionSizeKl { Temperature = Schedule.Linear(1, 10, epochs: 5) }.ToString().Should().StartWith("KL { Prior = null, Temperature = Linear(1, 10, epochs: 5), ");
    }

    [Fact]
    public void Reduction_HidesTheInheritedOne()
    {
        using var loss = new RceL1Loss { Reduction = Reduction.Sum };
        (loss.Reduction, loss.reduction).Should().Be((Reduction.Sum, Reduction.Sum));
    }
}
