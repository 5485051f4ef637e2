using System.Globalization;
using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>paper_forms.json: the paper's formulas without ε, per image, pooled, averaged over images with gradients, and on the simplex.</summary>
internal static class PaperGoldens
{
    private const string File = "paper_forms.json";
    private const string Tempered = "_T";
    private const string Image = "image ";
    private const string Means = "mean_over_images";
    private const string Gradients = "grads";

    private static readonly string[] Sections = ["multiclass", "binary", "simplex_checks", "binary_bias"];
    private static readonly string[] OnlyOfImages = ["l1_mean", "l1_mean_T", "D_B_all_classes", "one_minus_dice_sum"];

    /// <summary>The library's form of each quantity, at the temperature of the file.</summary>
    private static readonly Dictionary<string, Func<double, LossTerm>> Multiclass = new()
    {
        ["ce_mean"] = _ => new CrossEntropy(),
        ["weighted_ce"] = _ => new CrossEntropy { Form = CrossEntropyForm.Region },
        ["kl"] = _ => Kl(1),
        ["kl_T"] = Kl,
        ["l1_sum"] = _ => L1(1, ClassReduction.Sum),
        ["l1_sum_T"] = temperature => L1(temperature, ClassReduction.Sum),
        ["l1_mean"] = _ => L1(1, ClassReduction.Mean),
        ["l1_mean_T"] = temperature => L1(temperature, ClassReduction.Mean),
        ["D_B_all_classes"] = _ => Bias,
        ["D_F"] = _ => new PresentClasses("D_F", r => -Formula.Log(r.Overlap / r.TargetSize)),
        ["D_B"] = _ => new PresentClasses("D_B", r => Formula.Log(r.PredictedProportion() + r.TargetProportion())),
        ["neg_log_dice_sum"] = _ => new PresentClasses("−log Dice", r => -Formula.Log(2 * r.Overlap / (r.PredictedSize() + r.TargetSize))),
        ["one_minus_dice_sum"] = _ => new PresentClasses("1 − Dice", r => 1 - (2 * r.Overlap / (r.PredictedSize() + r.TargetSize))),
    };

    private static readonly Dictionary<string, Func<double, LossTerm>> Binary = new()
    {
        ["bce_mean"] = _ => new CrossEntropy(),
        ["l1"] = _ => L1(1, ClassReduction.Mean),
        ["l1_T"] = temperature => L1(temperature, ClassReduction.Mean),
        ["D_B1"] = _ => Bias,
        ["neg_log_dice_1"] = _ => new LogDice { Pooling = Pooling.Image, Absent = AbsentClass.Keep },
        ["kl_bernoulli"] = _ => Kl(1),
        ["kl_bernoulli_T"] = Kl,
    };

    private static readonly Dictionary<string, LossTerm> Simplex = new() { ["D_B_points"] = Bias, ["kl_points"] = Kl(1), ["l1_points"] = L1(1, ClassReduction.Sum) };

    private static DiceBias Bias => new() { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 };

    internal static IEnumerable<GoldenRow> Rows(string? folder = null)
    {
        var file = GoldenFile.Open(File, folder);
        return Sections.SelectMany(section => file?.Section(section) is { Length: > 0 } entries
            ? entries.SelectMany((entry, index) => Rows(section, index, entry))
            : [new GoldenRow(File, section)]);
    }

    internal static void Check(GoldenRow row, string? folder = null)
    {
        using var scope = NewDisposeScope();
        var file = GoldenFile.OpenOrSkip(File, folder);
        var entry = file.EntryOrSkip(row.Section, row.Entry);
        var where = $"{row.Section}[{row.Entry}] of {File}";
        switch (row.Section)
        {
            case "simplex_checks":
                SimplexScene.Check(Simplex[row.Quantity], entry.Need("y_hat", where).Numbers(), entry.Need("points", where), entry.Need(row.Quantity, where).Numbers());
                break;
            case "binary_bias":
                SimplexScene.CheckBinary(Bias, entry.Need("y_hat1", where).Number(), entry.Need("p_hat1", where).Numbers(), entry.Need(row.Quantity, where).Numbers());
                break;
            default:
                var expected = Block(entry, row.Place, where).Need(row.Quantity, $"{row.Place} of {where}");
                Check(row, Term(file, row), file.InputOrSkip(entry.Need("input", where).GetString()!), expected);
                break;
        }
    }

    private static IEnumerable<GoldenRow> Rows(string section, int index, JsonElement entry) => section switch
    {
        "simplex_checks" => Simplex.Keys.Select(quantity => new GoldenRow(File, section, index, Quantity: quantity)),
        "binary_bias" => [new(File, section, index, Quantity: "D_B1")],
        "binary" => Places(entry).SelectMany(place => Binary.Keys.Select(quantity => new GoldenRow(File, section, index, place, quantity))),
        _ => Places(entry).SelectMany(place => Multiclass.Keys.Select(quantity => new GoldenRow(File, section, index, place, quantity)))
            .Concat(((string[])[Means, Gradients]).SelectMany(place => entry.Find(place) is null
                ? [new(File, section, index, place)]
                : Multiclass.Keys.Except(OnlyOfImages).Select(quantity => new GoldenRow(File, section, index, place, quantity)))),
    };

    /// <summary>The images, at least one so that a file without any shows, and the whole batch as one image.</summary>
    private static IEnumerable<string> Places(JsonElement entry) =>
        Enumerable.Range(0, Math.Max(1, entry.Find("per_image")?.GetArrayLength() ?? 0)).Select(image => Image + image).Append("batch");

    private static JsonElement Block(JsonElement entry, string place, string where)
    {
        if (!place.StartsWith(Image, StringComparison.Ordinal))
        {
            return entry.Need(place, where);
        }

        var (images, index) = (entry.Need("per_image", where), int.Parse(place[Image.Length..], CultureInfo.InvariantCulture));
        Skip.If(index >= images.GetArrayLength(), $"per_image of {where} is empty");
        return images[index];
    }

    private static LossTerm Term(GoldenFile file, GoldenRow row)
    {
        var temperature = row.Quantity.EndsWith(Tempered, StringComparison.Ordinal) ? file.Root.Need("meta", File).Need("T", $"meta of {File}").Number() : 1;
        return (row.Section == "binary" ? Binary : Multiclass)[row.Quantity](temperature);
    }

    private static void Check(GoldenRow row, LossTerm term, Scene scene, JsonElement expected)
    {
        using var loss = new SegmentationLoss(term) { Mode = scene.Mode, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None };
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        if (row.Place == "batch")
        {
            (logits, target) = (logits.transpose(0, 1).reshape(1, scene.Classes, -1), target.reshape(1, -1));
        }

        // The mean of the values of the images, also where the loss itself pools their pixels.
        var (values, gradient) = Evaluation.Run(loss, logits, target, 1.0 / scene.Images);
        if (row.Place == Gradients)
        {
            gradient.ShouldBeClose(expected.Numbers(), Tolerance.Of(ScalarType.Float64), $"{row}");
        }
        else
        {
            var actual = row.Place.StartsWith(Image, StringComparison.Ordinal) ? values[int.Parse(row.Place[Image.Length..], CultureInfo.InvariantCulture)] : values.Average();
            actual.ShouldBeGolden(expected.Number(), Tolerance.Of(ScalarType.Float64), because: $"{row}");
        }
    }

    private static RegionSizeKl Kl(double temperature) => new() { Temperature = temperature, Epsilon = 0 };

    private static RegionSizeL1 L1(double temperature, ClassReduction reduction) => new() { Temperature = temperature, ClassReduction = reduction, Epsilon = 0 };

    /// <summary>A sum over the classes present in an image, written as a user would write a loss.</summary>
    private sealed class PresentClasses(string name, Func<RegionSet, Formula> formula) : RegionTerm(name)
    {
        protected override LossFormula Define(Regions regions) => formula(regions.All).Where(regions.All.TargetSize).Sum(Axis.Classes);
    }
}
