using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>The paper's formulas without ε, per image, pooled, averaged over images with gradients, and on the simplex.</summary>
public class PaperGoldenTests
{
    private const string File = "paper_forms.json";
    private const double Temperature = 10;

    public static TheoryData<string, int> Multiclass => Inputs("multiclass");

    public static TheoryData<string, int> Binary => Inputs("binary");

    /// <summary>The library's form of each quantity, one value for each image.</summary>
    private static readonly Dictionary<string, Func<Reduction, SegmentationLoss>> Losses = new()
    {
        ["ce_mean"] = reduction => new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["weighted_ce"] = reduction => new SegmentationLoss(new CrossEntropy { Form = CrossEntropyForm.Region }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["kl"] = reduction => new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["kl_T"] = reduction => new SegmentationLoss(new RegionSizeKl { Temperature = Temperature, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["l1_sum"] = reduction => new SegmentationLoss(new RegionSizeL1 { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["l1_sum_T"] = reduction => new SegmentationLoss(new RegionSizeL1 { Temperature = Temperature, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["l1_mean"] = reduction => new SegmentationLoss(new RegionSizeL1 { Temperature = 1, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["l1_mean_T"] = reduction => new SegmentationLoss(new RegionSizeL1 { Temperature = Temperature, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["D_B_all_classes"] = reduction => new SegmentationLoss(new DiceBias { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { IgnoreIndex = Scene.Ignore, Reduction = reduction },
        ["D_F"] = Present("D_F", r => -Formula.Log(r.Overlap / r.TargetSize)),
        ["D_B"] = Present("D_B", r => Formula.Log(r.PredictedProportion() + r.TargetProportion())),
        ["neg_log_dice_sum"] = Present("−log Dice", r => -Formula.Log(Dice(r))),
        ["one_minus_dice_sum"] = Present("1 − Dice", r => 1 - Dice(r)),
    };

    /// <summary>The library's form of each binary quantity.</summary>
    private static readonly Dictionary<string, Func<SegmentationLoss>> BinaryLosses = new()
    {
        ["bce_mean"] = () => new SegmentationLoss(new CrossEntropy()) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["l1"] = () => new SegmentationLoss(new RegionSizeL1 { Temperature = 1, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["l1_T"] = () => new SegmentationLoss(new RegionSizeL1 { Temperature = Temperature, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["D_B1"] = () => new SegmentationLoss(new DiceBias { Temperature = 1, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["neg_log_dice_1"] = () => new SegmentationLoss(new LogDice { Pooling = Pooling.Image, Absent = AbsentClass.Keep }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["kl_bernoulli"] = () => new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
        ["kl_bernoulli_T"] = () => new SegmentationLoss(new RegionSizeKl { Temperature = Temperature, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None },
    };

    [SkippableTheory]
    [MemberData(nameof(Multiclass))]
    public void Multiclass_EveryImage(string input, int index)
    {
        using var scope = NewDisposeScope();
        var (entry, scene) = Open("multiclass", index, input);
        foreach (var (name, create) in Losses)
        {
            using var loss = create(Reduction.None);
            var values = Evaluation.Run(loss, scene.LogitsTensor(), scene.TargetTensor()).Values;
            var expected = entry.GetProperty("per_image").EnumerateArray().Select(image => Number(image, name)).ToArray();
            values.ShouldBeClose(expected, Tolerance.Of(ScalarType.Float64), $"{input} {name}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Multiclass))]
    public void Multiclass_MeanOverImagesAndGradient(string input, int index)
    {
        using var scope = NewDisposeScope();
        var (entry, scene) = Open("multiclass", index, input);
        if (!entry.TryGetProperty("grads", out var gradients))
        {
            return;
        }

        foreach (var golden in gradients.EnumerateObject())
        {
            // Reduction.None, divided by N: the average of the per-image values, also where the loss itself pools pixels.
            using var loss = Losses[golden.Name](Reduction.None);
            var (values, gradient) = Evaluation.Run(loss, scene.LogitsTensor(), scene.TargetTensor(), 1.0 / scene.Images);
            values.Average().ShouldBeRelativelyClose(Number(entry.GetProperty("mean_over_images"), golden.Name), Tolerance.Of(ScalarType.Float64), $"{input} {golden.Name}");
            gradient.ShouldBeClose(GoldenFile.Numbers(golden.Value), Tolerance.Of(ScalarType.Float64), $"{input} {golden.Name}, gradient");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Multiclass))]
    public void Multiclass_WholeBatchAsOneImage(string input, int index)
    {
        using var scope = NewDisposeScope();
        var (entry, scene) = Open("multiclass", index, input);
        var logits = scene.LogitsTensor().transpose(0, 1).reshape(1, scene.Classes, -1);
        var target = scene.TargetTensor().reshape(1, -1);
        foreach (var (name, create) in Losses)
        {
            using var loss = create(Reduction.Mean);
            Evaluation.Scalar(loss, logits, target).Value.ShouldBeRelativelyClose(Number(entry.GetProperty("batch"), name), Tolerance.Of(ScalarType.Float64), $"{input} {name}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Binary))]
    public void Binary_EveryImageAndWholeBatch(string input, int index)
    {
        using var scope = NewDisposeScope();
        var (entry, scene) = Open("binary", index, input);
        foreach (var (name, create) in BinaryLosses)
        {
            using var loss = create();
            foreach (var (image, values) in entry.GetProperty("per_image").EnumerateArray().Zip(Evaluation.Run(loss, scene.LogitsTensor(), scene.TargetTensor()).Values))
            {
                if (image.TryGetProperty(name, out var expected))
                {
                    values.ShouldBeRelativelyClose(GoldenFile.Number(expected), Tolerance.Of(ScalarType.Float64), $"{input} {name}");
                }
            }

            var batch = Evaluation.Run(loss, scene.LogitsTensor().reshape(1, 1, -1), scene.TargetTensor().reshape(1, -1)).Values[0];
            if (entry.GetProperty("batch").TryGetProperty(name, out var whole))
            {
                batch.ShouldBeRelativelyClose(GoldenFile.Number(whole), Tolerance.Of(ScalarType.Float64), $"{input} {name}, batch");
            }
        }
    }

    [SkippableFact]
    public void Simplex_PointsHaveThePapersPenalties()
    {
        using var scope = NewDisposeScope();
        var goldens = GoldenFile.Open(File);
        Skip.If(goldens is null, $"{File} is not in the folder of the goldens");
        foreach (var check in goldens.Root.GetProperty("simplex_checks").EnumerateArray())
        {
            var truth = GoldenFile.Numbers(check.GetProperty("y_hat"));
            var (bias, kl, l1) = (Penalty<DiceBias>(), Penalty<RegionSizeKl>(), Penalty<RegionSizeL1>());
            var points = check.GetProperty("points").EnumerateArray().Select(GoldenFile.Numbers).ToArray();
            for (var i = 0; i < points.Length; i++)
            {
                bias(points[i]).ShouldBeRelativelyClose(GoldenFile.Number(check.GetProperty("D_B_points")[i]), Tolerance.Of(ScalarType.Float64));
                kl(points[i]).ShouldBeRelativelyClose(GoldenFile.Number(check.GetProperty("kl_points")[i]), Tolerance.Of(ScalarType.Float64));
                l1(points[i]).ShouldBeRelativelyClose(GoldenFile.Number(check.GetProperty("l1_points")[i]), Tolerance.Of(ScalarType.Float64));
            }

            Func<double[], double> Penalty<TLoss>() => point => SimplexScene.Evaluate<TLoss>(point, truth);
        }
    }

    [SkippableFact]
    public void BinaryBias_IsThePapers()
    {
        var goldens = GoldenFile.Open(File);
        Skip.If(goldens is null, $"{File} is not in the folder of the goldens");
        foreach (var golden in goldens.Root.GetProperty("binary_bias").EnumerateArray())
        {
            var truth = GoldenFile.Number(golden.GetProperty("y_hat1"));
            foreach (var (predicted, expected) in GoldenFile.Numbers(golden.GetProperty("p_hat1")).Zip(GoldenFile.Numbers(golden.GetProperty("D_B1"))))
            {
                SimplexScene.EvaluateBinaryBias(predicted, truth).ShouldBeRelativelyClose(expected, Tolerance.Of(ScalarType.Float64), $"p̂ = {predicted}");
            }
        }
    }

    private static Formula Dice(RegionSet r) => 2 * r.Overlap / (r.PredictedSize() + r.TargetSize);

    private static Func<Reduction, SegmentationLoss> Present(string name, Func<RegionSet, Formula> formula) =>
        reduction => new SegmentationLoss(new PresentClasses(name, formula)) { IgnoreIndex = Scene.Ignore, Reduction = reduction };

    private static double Number(JsonElement element, string name) => GoldenFile.Number(element.GetProperty(name));

    private static (JsonElement Entry, Scene Scene) Open(string section, int index, string input)
    {
        Skip.If(input.Length == 0, $"{File} is not in the folder of the goldens");
        var goldens = GoldenFile.Open(File)!;
        return (goldens.Root.GetProperty(section)[index], goldens.Input(input));
    }

    private static TheoryData<string, int> Inputs(string section)
    {
        var data = new TheoryData<string, int>();
        var entries = GoldenFile.Open(File)?.Root.GetProperty(section).EnumerateArray().Select(entry => entry.GetProperty("input").GetString()!) ?? [""];
        foreach (var (index, input) in entries.Index())
        {
            data.Add(input, index);
        }

        return data;
    }

    /// <summary>A sum over the classes present in an image, written as a user would write a loss.</summary>
    private sealed class PresentClasses(string name, Func<RegionSet, Formula> formula) : RegionTerm(name)
    {
        protected override LossFormula Define(Regions regions) => formula(regions.All).Where(regions.All.TargetSize).Sum(Axis.Classes);
    }
}
