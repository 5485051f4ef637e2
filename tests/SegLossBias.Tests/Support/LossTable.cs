using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Support;

/// <summary>Every loss and form that the tests of all losses run. A new loss is tested by adding one row.</summary>
internal static class LossTable
{
    /// <summary>Cross-entropy or focal, and a penalty.</summary>
    private static readonly Numerator[] OfCompound = [Numerator.Pixel, Numerator.Image];

    private static readonly LossCase[] Rows =
    [
        new("CE", s => PlainLosses.CrossEntropy(s)) { Terms = () => new CrossEntropy(), Numerators = [Numerator.Pixel] },
        new("WCE", s => PlainLosses.CrossEntropy(s, form: CrossEntropyForm.InverseFrequency)) { Terms = () => new CrossEntropy { Form = CrossEntropyForm.InverseFrequency }, IsOfTheBatch = true, Numerators = [Numerator.Class] },
        new("CE/region", s => PlainLosses.CrossEntropy(s, form: CrossEntropyForm.Region)) { Terms = () => new CrossEntropy { Form = CrossEntropyForm.Region } },
        new("CE/smooth", s => PlainLosses.CrossEntropy(s, smoothing: 0.2)) { Terms = () => new CrossEntropy { LabelSmoothing = 0.2 }, Numerators = [Numerator.Pixel] },
        new("Poly1", s => PlainLosses.Poly1(s)) { Terms = () => new Poly1CrossEntropy(), Numerators = [Numerator.Pixel] },
        new("SCE", s => PlainLosses.SymmetricCrossEntropy(s)) { Terms = () => new SymmetricCrossEntropy(), Numerators = [Numerator.Pixel] },
        new("GCE", s => PlainLosses.GeneralizedCrossEntropy(s)) { Terms = () => new GeneralizedCrossEntropy(), Numerators = [Numerator.Pixel] },
        new("Focal", s => PlainLosses.Focal(s)) { Terms = () => new Focal(), Numerators = [Numerator.Pixel], IsOneVsRest = true },
        new("Focal/softmax", s => PlainLosses.Focal(s, form: FocalForm.Softmax)) { Terms = () => new Focal { Form = FocalForm.Softmax }, Numerators = [Numerator.Pixel] },
        new("Focal/gamma0.5", s => PlainLosses.Focal(s, 0.5, FocalForm.Softmax)) { Terms = () => new Focal { Gamma = 0.5, Form = FocalForm.Softmax }, Numerators = [Numerator.Pixel] },
        new("Focal/alpha", s => PlainLosses.FocalOf(s, [1.5], 0.25)) { Terms = () => new Focal { Gamma = 1.5, Alpha = 0.25 }, Numerators = [Numerator.Pixel], IsOneVsRest = true, TellsClassesApart = true },
        new("UnifiedFocal", s => PlainLosses.UnifiedFocal(s)) { Terms = () => new UnifiedFocal(), TellsClassesApart = true, IsSteepAtCertainty = true },
        new("UnifiedFocal/symmetric", s => PlainLosses.UnifiedFocal(s, 0.7, 0.8, 0.3, isSymmetric: true, Pooling.Batch)) { Terms = () => new UnifiedFocal { FocalShare = 0.7, Delta = 0.8, Gamma = 0.3, IsSymmetric = true, Pooling = Pooling.Batch }, IsPooled = true, IsScaleFree = false, TellsClassesApart = true, IsSteepAtCertainty = true },
        new("TopK", s => PlainLosses.TopK(s, 0.1)) { Terms = () => new TopKCrossEntropy(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsScaleFree = false },
        new("TopK/image", s => PlainLosses.TopK(s, 0.4, Pooling.Image)) { Terms = () => new TopKCrossEntropy { Ratio = 0.4, Pooling = Pooling.Image }, IsOfPixels = true, IsSmooth = false },
        new("ReducedFocal", s => PlainLosses.ReducedFocal(s, threshold: 0.5)) { Terms = () => new ReducedFocal(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsOneVsRest = true },
        new("ReducedFocal/normalized", s => PlainLosses.ReducedFocal(s, 1.5, isNormalized: true)) { Terms = () => new ReducedFocal { Gamma = 1.5, Threshold = null, Normalized = true }, IsPooled = true, IsOfPixels = true, IsSmooth = false, IsOneVsRest = true },
        new("TopK/smooth", s => PlainLosses.TopK(s, 0.3, smoothing: 0.1)) { Terms = () => new TopKCrossEntropy { Ratio = 0.3, LabelSmoothing = 0.1 }, IsPooled = true, IsOfPixels = true, IsSmooth = false, IsScaleFree = false },
        new("OHEM", s => PlainLosses.Ohem(s)) { Terms = () => new Ohem(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsScaleFree = false },
        new("OHEM/image", s => PlainLosses.Ohem(s, 0.2, 0.5, Pooling.Image)) { Terms = () => new Ohem { Threshold = 0.2, MinRatio = 0.5, Pooling = Pooling.Image }, IsOfPixels = true, IsSmooth = false },
        new("Lovasz", s => PlainLosses.LovaszSoftmax(s)) { Terms = () => new LovaszSoftmax(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsOfTheForeground = true },
        new("Lovasz/image", s => PlainLosses.LovaszSoftmax(s, Pooling.Image, AbsentClass.Keep)) { Terms = () => new LovaszSoftmax { Pooling = Pooling.Image, Absent = AbsentClass.Keep }, IsOfPixels = true, IsSmooth = false, IsOfTheForeground = true },
        new("LovaszHinge", s => PlainLosses.LovaszHinge(s)) { Terms = () => new LovaszHinge(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsPiecewiseLinear = true, IsOneVsRest = true, IsOfTheForeground = true },
        new("LovaszHinge/image", s => PlainLosses.LovaszHinge(s, Pooling.Image, joins: true)) { Terms = () => new LovaszHinge { Pooling = Pooling.Image, JoinsClasses = true }, IsOfPixels = true, IsSmooth = false, IsPiecewiseLinear = true, IsOneVsRest = true, IsOfTheForeground = true },
        new("Dice", s => PlainLosses.Dice(s)) { Terms = () => new Dice(), IsPooled = true, IsOfTheForeground = true },
        new("Dice/image", s => PlainLosses.Dice(s, pooling: Pooling.Image)) { Terms = () => new Dice { Pooling = Pooling.Image }, IsOfTheForeground = true },
        new("Dice/keep", s => PlainLosses.Dice(s, pooling: Pooling.Image, smooth: 1, absent: AbsentClass.Keep)) { Terms = () => new Dice { Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep }, IsOfTheForeground = true },
        new("Dice/squared", s => PlainLosses.Dice(s, form: DiceForm.Squared)) { Terms = () => new Dice { Form = DiceForm.Squared }, IsPooled = true, IsOfTheForeground = true },
        new("Dice/distance", s => PlainLosses.Dice(s, pooling: Pooling.Image, form: DiceForm.Distance)) { Terms = () => new Dice { Form = DiceForm.Distance, Pooling = Pooling.Image }, IsOfTheForeground = true },
        new("Dice/logcosh", s => PlainLosses.Overlap(s, new(2, 1, 1) { Link = OverlapLink.LogCosh, Smoothing = 1 })) { Terms = () => new Dice { Link = OverlapLink.LogCosh, Smoothing = 1 }, IsPooled = true, IsScaleFree = false, IsOfTheForeground = true },
        new("LogDice", s => PlainLosses.Dice(s, isLog: true)) { Terms = () => new LogDice(), IsPooled = true, IsOfTheForeground = true },
        new("LogDice/leaveout", s => PlainLosses.Dice(s, isLog: true, Pooling.Image, absent: AbsentClass.LeaveOut)) { Terms = () => new LogDice { Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }, IsOfTheForeground = true },
        new("Tversky", s => PlainLosses.Tversky(s, 0.3, 0.7)) { Terms = () => new Tversky { Alpha = 0.3, Beta = 0.7 }, IsPooled = true, IsOfTheForeground = true },
        new("Tversky/focal", s => PlainLosses.Tversky(s, 0.7, 0.3, exponent: 0.75, Pooling.Image, smoothing: 1)) { Terms = () => new Tversky { Alpha = 0.7, Beta = 0.3, Exponent = 0.75, Pooling = Pooling.Image, Smoothing = 1 }, IsOfTheForeground = true },
        new("Jaccard", s => PlainLosses.Tversky(s, 1, 1)) { Terms = () => new Jaccard(), IsPooled = true, IsOfTheForeground = true },
        new("GDice", s => PlainLosses.GeneralizedDice(s)) { Terms = () => new GeneralizedDice(), IsPooled = true, DiffersInBinaryMode = true },
        new("GDice/bounded", s => PlainLosses.GeneralizedDice(s, absent: AbsentWeight.Bounded)) { Terms = () => new GeneralizedDice { Absent = AbsentWeight.Bounded }, IsPooled = true, IsScaleFree = false, DiffersInBinaryMode = true },
        new("GDice/simple", s => PlainLosses.GeneralizedDice(s, absent: AbsentWeight.LeaveOut, weighting: SizeWeighting.Simple, pooling: Pooling.Image)) { Terms = () => new GeneralizedDice { Absent = AbsentWeight.LeaveOut, Weighting = SizeWeighting.Simple, Pooling = Pooling.Image }, DiffersInBinaryMode = true },
        new("WassersteinDice", s => PlainLosses.WassersteinDice(s, background: null)) { Terms = () => new WassersteinDice { Background = null }, IsPooled = true },
        new("WassersteinDice/sizes", s => PlainLosses.WassersteinDice(s, weighting: WassersteinWeighting.InverseSize, pooling: Pooling.Image, smoothing: 1)) { Terms = () => new WassersteinDice { Weighting = WassersteinWeighting.InverseSize, Pooling = Pooling.Image, Smoothing = 1 } },
        new("MCC", s => PlainLosses.Matthews(s)) { Terms = () => new MatthewsCorrelation(), IsPooled = true },
        new("MCC/rest", s => PlainLosses.Matthews(s, MatthewsForm.OneVsRest, Pooling.Image, 1, AbsentClass.Keep)) { Terms = () => new MatthewsCorrelation { Form = MatthewsForm.OneVsRest, Pooling = Pooling.Image, Smoothing = 1, Absent = AbsentClass.Keep } },
        new("SS", s => PlainLosses.SensitivitySpecificity(s)) { Terms = () => new SensitivitySpecificity(), IsPooled = true, IsOfTheForeground = true },
        new("ExpLog", s => PlainLosses.ExponentialLogarithmic(s)) { Terms = () => new ExponentialLogarithmic(), IsPooled = true, IsSteepAtCertainty = true, IsScaleFree = false, IsOfTheForeground = true },
        new("DB", s => PlainLosses.DiceBias(s)) { Terms = () => new DiceBias(), Learns = Learns.Bias, IsOfTheForeground = true },
        new("DB/sum", s => PlainLosses.DiceBias(s, 10, ClassReduction.Sum)) { Terms = () => new DiceBias { Temperature = 10, ClassReduction = ClassReduction.Sum }, Learns = Learns.Bias, IsOfTheForeground = true },
        new("L1", s => PlainLosses.L1(s)) { Terms = () => new RegionSizeL1(), IsSmooth = false, Learns = Learns.Sizes },
        new("L1/sum", s => PlainLosses.L1(s, 1, ClassReduction.Sum)) { Terms = () => new RegionSizeL1 { Temperature = 1, ClassReduction = ClassReduction.Sum }, IsSmooth = false, Learns = Learns.Sizes, OfTwoClasses = 2 },
        new("KL", s => PlainLosses.Kl(s)) { Terms = () => new RegionSizeKl(), Learns = Learns.Sizes },
        new("KL/mean", s => PlainLosses.Kl(s, 1, ClassReduction.Mean)) { Terms = () => new RegionSizeKl { Temperature = 1, ClassReduction = ClassReduction.Mean }, Learns = Learns.Sizes, OfTwoClasses = 0.5 },
        new("SizeBounds", s => PlainLosses.SizeBounds(s, tolerance: 0, temperature: 10)) { Terms = () => new SizeBounds { Tolerance = 0, Temperature = 10 }, IsSmooth = false, Learns = Learns.Sizes, OfTwoClasses = 2 },
        new("RCE(L1)", s => PlainLosses.CrossEntropy(s) + PlainLosses.L1(s)) { IsSmooth = false, Numerators = OfCompound },
        new("RCE(KL)", s => PlainLosses.CrossEntropy(s) + (0.1 * PlainLosses.Kl(s))) { Numerators = OfCompound },
        new("RFL(L1)", s => PlainLosses.Focal(s) + PlainLosses.L1(s)) { IsSmooth = false, IsOneVsRest = true, Numerators = OfCompound },
        new("RFL(KL)", s => PlainLosses.Focal(s) + (0.1 * PlainLosses.Kl(s))) { IsOneVsRest = true, Numerators = OfCompound },
        new("DiceCE", s => PlainLosses.CrossEntropy(s) + (0.1 * PlainLosses.Dice(s))) { IsPooled = true, IsOfTheForeground = true, Numerators = OfCompound },
        new("DiceFL", s => PlainLosses.Focal(s) + (0.1 * PlainLosses.Dice(s))) { IsPooled = true, IsOneVsRest = true, IsOfTheForeground = true, Numerators = OfCompound },
        new("LogDiceCE", s => PlainLosses.CrossEntropy(s) + (0.1 * PlainLosses.Dice(s, isLog: true))) { IsPooled = true, IsOfTheForeground = true, Numerators = OfCompound },
        new("LogDiceFL", s => PlainLosses.Focal(s) + (0.1 * PlainLosses.Dice(s, isLog: true))) { IsPooled = true, IsOneVsRest = true, IsOfTheForeground = true, Numerators = OfCompound },
        new("Boundary", s => PlainLosses.Boundary(s)) { Terms = () => new Boundary(), Reads = Reads.Map, IsOfTheForeground = true },
        new("BlobDice", s => PlainLosses.BlobDice(s, 1)) { Terms = () => new BlobDice { Smoothing = 1 }, Reads = Reads.Instances, IsOfTheForeground = true },
        new("clDice", s => PlainLosses.CenterlineDice(s)) { Terms = () => new CenterlineDice(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsOfTheForeground = true, IsScaleFree = false, SeesNeighbours = true, Learns = Learns.CentreLines },
        new("clDice/image", s => PlainLosses.CenterlineDice(s, 1, 0.1, Pooling.Image, AbsentClass.LeaveOut)) { Terms = () => new CenterlineDice { Iterations = 1, Smoothing = 0.1, Pooling = Pooling.Image, Absent = AbsentClass.LeaveOut }, IsOfPixels = true, IsSmooth = false, IsOfTheForeground = true, SeesNeighbours = true, Learns = Learns.CentreLines },
        new("Dice+clDice", s => PlainLosses.Dice(s, smooth: 1, absent: AbsentClass.Keep) + PlainLosses.CenterlineDice(s)) { Terms = () => new Dice { Smoothing = 1, Absent = AbsentClass.Keep } + new CenterlineDice(), IsPooled = true, IsOfPixels = true, IsSmooth = false, IsOfTheForeground = true, IsScaleFree = false, SeesNeighbours = true, Numerators = [Numerator.Image, Numerator.Image] },
        new("Hausdorff", s => PlainLosses.Hausdorff(s)) { Terms = () => new HausdorffDistance(), IsPooled = true, IsOfPixels = true, IsSmooth = false, WaitsForTheDevice = true, SeesNeighbours = true, IsOfTheForeground = true },
        new("Hausdorff/log", s => PlainLosses.Hausdorff(s, 1.5, isLog: true, Pooling.Image)) { Terms = () => new HausdorffDistance { Alpha = 1.5, Log = true, Pooling = Pooling.Image }, IsOfPixels = true, IsSmooth = false, WaitsForTheDevice = true, SeesNeighbours = true, IsOfTheForeground = true },
        new("DBCE", s => PlainLosses.CrossEntropy(s) + (0.01 * PlainLosses.DiceBias(s))) { IsOfTheForeground = true, Numerators = OfCompound },
    ];

    private static readonly Dictionary<string, LossCase> ByName = Rows.ToDictionary(row => row.Name);

    /// <summary>For [MemberData]: the name of every loss of labels alone.</summary>
    public static TheoryData<string> Names => NamesWhere(_ => true);

    /// <summary>For [MemberData]: the name of every loss of labels alone with every mode.</summary>
    public static TheoryData<string, SegmentationMode> NamesAndModes => Where(_ => true);

    /// <summary>Every loss, those that read more than labels too.</summary>
    internal static IReadOnlyList<LossCase> All => Rows;

    /// <summary>The losses of labels alone of which something is true, with every mode.</summary>
    internal static TheoryData<string, SegmentationMode> Where(Func<LossCase, bool> isMeant)
    {
        var data = new TheoryData<string, SegmentationMode>();
        foreach (var row in Rows.Where(row => row.Reads == Reads.Labels && isMeant(row)))
        {
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                data.Add(row.Name, mode);
            }
        }

        return data;
    }

    /// <summary>The same in one mode.</summary>
    internal static TheoryData<string> NamesWhere(Func<LossCase, bool> isMeant) => [.. Rows.Where(row => row.Reads == Reads.Labels && isMeant(row)).Select(row => row.Name)];

    internal static LossCase Get(string name) => ByName[name];

    internal static SegmentationLoss Create(string name, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, Reduction reduction = Reduction.Mean, bool checksLabels = true) =>
        ByName[name].Create(mode, ignoreIndex, reduction, checksLabels);
}
