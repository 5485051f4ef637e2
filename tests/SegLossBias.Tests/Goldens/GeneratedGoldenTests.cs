using System.Text.Json.Nodes;

namespace SegLossBias.Tests.Goldens;

/// <summary>The golden tests on a folder that is not the project's own: other inputs, another temperature, much missing.</summary>
public class GeneratedGoldenTests
{
    [Fact]
    public void OtherFolder_IsCompared_AndWhatItLacksIsNamed()
    {
        using var folder = new GeneratedGoldens();
        var (compared, skipped, failed) = folder.Run();

        failed.Should().BeEmpty();
        skipped.Should().BeEquivalentTo(
        [
            "multiclass[1] of paper_forms.json has no mean_over_images",
            "multiclass[1] of paper_forms.json has no grads",
            "simplex_checks[0] of paper_forms.json has no kl_points",
            "paper_forms.json has no binary_bias",
            "the folder of the goldens has no seglossbias3d.json",
            .. ((string[])["surface", "asd_gt_to_pred", "asd_pred_to_gt", "hausdorff", "nsd", "overlap", "dsc_seglossbias_dice_coef"]).Select(key => $"cases[0] of metrics.json has no {key}"),
            "metrics.json has no label_maps",
        ]);

        // 7 images, batches or both of 13 quantities, means and gradients of 9; 3 of 7; 2 points. 12 compounds, 4 single losses.
        compared.Count(row => row.File == "paper_forms.json").Should().Be((7 * 13) + (2 * 9) + (3 * 7) + 2);
        compared.Count(row => row.File == "seglossbias.json").Should().Be((12 * 4) + (4 * 2));
        compared.Count(row => row.File == "metrics.json").Should().Be(2);
    }

    public static TheoryData<string, string, int> Missing => new()
    {
        { "paper_forms.json/meta/T", "meta of paper_forms.json has no T", 101 },
        { "paper_forms.json/meta", "paper_forms.json has no meta", 101 },
        { "paper_forms.json/inputs/volume", "inputs of paper_forms.json has no volume", 93 },
        { "paper_forms.json/inputs/pair/labels", "pair has no labels", 111 },
        { "paper_forms.json/multiclass/0/per_image/1/kl_T", "image 1 of multiclass[0] of paper_forms.json has no kl_T", 131 },
        { "paper_forms.json/multiclass/0/per_image", "multiclass[0] of paper_forms.json has no per_image", 93 },
        { "paper_forms.json/multiclass/0/grads/D_B", "grads of multiclass[0] of paper_forms.json has no D_B", 131 },
        { "paper_forms.json/multiclass/0/batch", "multiclass[0] of paper_forms.json has no batch", 119 },
        { "paper_forms.json/binary", "paper_forms.json has no binary", 111 },
        { "seglossbias.json/cases", "seglossbias.json has no cases", 0 },
        { "seglossbias.json/inputs", "seglossbias.json has no inputs", 0 },
        { "seglossbias.json/cases/3/grad", "CE+DB/ignored image has no grad", 55 },
        { "seglossbias.json/cases/3/expected/terms/ce", "terms of CE+DB/ignored image has no ce", 55 },
        { "seglossbias.json/cases/3/expected/terms", "expected of CE+DB/ignored image has no terms", 54 },
        { "seglossbias.json/cases/3/expected/total", "expected of CE+DB/ignored image has no total", 55 },
        { "seglossbias.json/cases/3/expected", "CE+DB/ignored image has no expected", 53 },
        { "metrics.json/cases/0/gt", "cases[0] of metrics.json has no gt", 0 },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public void WhatIsMissing_IsSkippedAndTheRestCompared(string path, string reason, int rest)
    {
        using var folder = new GeneratedGoldens(files => Remove(files, path));
        var (compared, skipped, failed) = folder.Run(path.Split('/')[0]);
        failed.Should().BeEmpty();
        skipped.Should().Contain(reason);
        compared.Should().HaveCount(rest);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "paper_forms.json/meta/T", "kl_T" },
        { "paper_forms.json/multiclass/0/per_image/1/D_F", "D_F" },
        { "paper_forms.json/multiclass/1/batch/weighted_ce", "weighted_ce" },
        { "paper_forms.json/multiclass/0/mean_over_images/l1_sum", "l1_sum" },
        { "paper_forms.json/multiclass/0/grads/kl_T/0", "kl_T" },
        { "paper_forms.json/binary/0/per_image/0/kl_bernoulli", "kl_bernoulli" },
        { "paper_forms.json/simplex_checks/0/D_B_points/0", "D_B_points" },
        { "seglossbias.json/cases/0/expected/total", "total" },
        { "seglossbias.json/cases/3/expected/terms/db", "db" },
        { "seglossbias.json/cases/4/expected/terms/kl", "kl" },
        { "seglossbias.json/cases/8/grad/0", "grad" },
        { "metrics.json/cases/0/dsc", "dsc" },
    };

    /// <summary>A number that is off by a millionth is found, and in the row that says so.</summary>
    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongNumber_IsFound(string path, string quantity)
    {
        using var folder = new GeneratedGoldens(files =>
        {
            var (parent, key) = Find(files, path);
            var number = parent is JsonArray ? parent[int.Parse(key, null)]! : parent[key]!;
            var value = number.GetValue<double>();
            number.ReplaceWith(value + (1e-6 * Math.Max(0.01, Math.Abs(value))));
        });
        folder.Run(path.Split('/')[0]).Failed.Should().NotBeEmpty().And.Contain(row => row.Quantity == quantity);
    }

    /// <summary>A loss that the reference has not is not taken for tested.</summary>
    [Fact]
    public void UnknownLoss_IsSkipped()
    {
        using var folder = new GeneratedGoldens(files => files["seglossbias.json"]["cases"]![0]!["loss"] = "Hinge");
        var (_, skipped, failed) = folder.Run("seglossbias.json");
        failed.Should().BeEmpty();
        skipped.Where(reason => reason == "the loss Hinge is not one of the reference's").Should().HaveCount(2, "total and gradient");
    }

    private static void Remove(Dictionary<string, JsonObject> files, string path)
    {
        var (parent, key) = Find(files, path);
        parent.AsObject().Remove(key).Should().BeTrue();
    }

    private static (JsonNode Parent, string Key) Find(Dictionary<string, JsonObject> files, string path)
    {
        var keys = path.Split('/');
        return (keys[1..^1].Aggregate((JsonNode)files[keys[0]], (node, key) => node is JsonArray ? node[int.Parse(key, null)]! : node[key]!), keys[^1]);
    }
}
