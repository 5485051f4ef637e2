using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>Every case of MONAI, segmentation_models.pytorch and nnU-Net.</summary>
public class PeerGoldenTests
{
    public static TheoryData<string, string, int, string, string> Rows => GoldenRow.Data(PeerGoldens.Rows());

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Quantity_IsThePeers(string file, string section, int entry, string place, string quantity) =>
        PeerGoldens.Check(new(file, section, entry, place, quantity));

    /// <summary>What nnU-Net gives for weighted classes, by libtorch, is corrected to what the preset gives.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void WeightedTopK_IsCorrectedForIgnoredPixels(double smoothing)
    {
        using var scope = NewDisposeScope();
        double[] weight = [1, 2, 3];
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.3);
        var logits = scene.LogitsTensor().requires_grad_(true);
        var losses = nn.functional.cross_entropy(logits, scene.TargetTensor(), weight: tensor(weight), ignore_index: Scene.Ignore, reduction: Reduction.None, label_smoothing: smoothing).flatten();
        var wrong = losses.topk((int)(losses.numel() * 30 / 100), 0).values.mean();
        wrong.backward();
        var options = new { k = 30, weight, label_smoothing = smoothing, ignore_label = Scene.Ignore };
        var golden = JsonSerializer.SerializeToElement(new { loss = "TopKLoss", options, expected = new { total = wrong.item<double>() }, grad = Evaluation.Numbers(logits.grad!) });

        var right = PeerDefects.Correct("nnunetv2.json", golden, scene)!;

        using var loss = Presets.NnUnet("TopKLoss", ("k", 30), ("weight", weight), ("label_smoothing", smoothing), ("ignore_label", Scene.Ignore));
        var (value, gradient) = scene.Evaluate(loss);
        right.Total.ShouldBeClose(value, Tolerance.Identity);
        right.Gradient.ShouldBeClose(gradient, Tolerance.Identity);
        value.Should().NotBeApproximately(wrong.item<double>(), 1e-3);
    }
}
