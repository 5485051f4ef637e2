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
        ["ce_mean"] = reduction => new CrossEntropyLoss(ignoreIndex: Scene.Ignore, reduction: reduction),
        ["weighted_ce"] = reduction => new CrossEntropyLoss(form: CrossEntropyForm.Region, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["kl"] = reduction => new RegionSizeKlLoss(1, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["kl_T"] = reduction => new RegionSizeKlLoss(Temperature, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["l1_sum"] = reduction => new RegionSizeL1Loss(1, ClassReduction.Sum, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["l1_sum_T"] = reduction => new RegionSizeL1Loss(Temperature, ClassReduction.Sum, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["l1_mean"] = reduction => new RegionSizeL1Loss(1, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["l1_mean_T"] = reduction => new RegionSizeL1Loss(Temperature, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["D_B_all_classes"] = reduction => new DiceBiasLoss(1, ClassReduction.Sum, epsilon: 0, ignoreIndex: Scene.Ignore, reduction: reduction),
        ["D_F"] = reduction => new PresentClasses("D_F", (r, present) => -(r.Overlap / r.TargetSize.masked_fill(~present, 1)).masked_fill(~present, 1).log(), reduction),
        ["D_B"] = reduction => new PresentClasses("D_B", (r, present) => (r.PredictedProportion() + r.TargetProportion()).masked_fill(~present, 1).log(), reduction),
        ["neg_log_dice_sum"] = reduction => new PresentClasses("−log Dice", (r, present) => -Dice(r).masked_fill(~present, 1).log(), reduction),
        ["one_minus_dice_sum"] = reduction => new PresentClasses("1 − Dice", (r, present) => 1 - Dice(r).masked_fill(~present, 1), reduction),
    };

    /// <summary>The library's form of each binary quantity.</summary>
    private static readonly Dictionary<string, Func<SegmentationLoss>> BinaryLosses = new()
    {
        ["bce_mean"] = () => new CrossEntropyLoss(mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["l1"] = () => new RegionSizeL1Loss(1, epsilon: 0, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["l1_T"] = () => new RegionSizeL1Loss(Temperature, epsilon: 0, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["D_B1"] = () => new DiceBiasLoss(1, epsilon: 0, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["neg_log_dice_1"] = () => new LogDiceLoss(DicePooling.Image, absent: AbsentClass.Keep, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["kl_bernoulli"] = () => new RegionSizeKlLoss(1, epsilon: 0, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
        ["kl_bernoulli_T"] = () => new RegionSizeKlLoss(Temperature, epsilon: 0, mode: SegmentationMode.Binary, ignoreIndex: Scene.Ignore, reduction: Reduction.None),
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
            var (bias, kl, l1) = (Penalty<DiceBiasLoss>(), Penalty<RegionSizeKlLoss>(), Penalty<RegionSizeL1Loss>());
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

    private static Tensor Dice(RegionStatistics r) => 2 * r.Overlap / (r.PredictedSize() + r.TargetSize);

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
    private sealed class PresentClasses(string name, Func<RegionStatistics, Tensor, Tensor> formula, Reduction reduction)
        : RegionLoss(name, ignoreIndex: Scene.Ignore, reduction: reduction)
    {
        protected override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.Overlap, RegionStatistic.PredictedSize()];

        protected override Tensor Evaluate(RegionStatistics regions)
        {
            var present = regions.TargetSize > 0;
            return formula(regions, present).masked_fill(~present, 0).sum(1);
        }
    }
}
