using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Pixel terms of the user's own, beside the library's.</summary>
public class UserPixelTermTests
{
    /// <summary>Pixel terms share what they read; what one of them disposes the others still have.</summary>
    [Fact]
    public void PixelTerms_DoNotDisposeWhatOthersRead()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var topK = new SegmentationLoss(new TopKCrossEntropy()) { IgnoreIndex = Scene.Ignore };
        using var both = new SegmentationLoss(new MeanOfPixels() + new TopKCrossEntropy() + new MeanOfPixels()) { IgnoreIndex = Scene.Ignore };
        var mean = scene.Labels.Length / (double)scene.Labels.Count(label => label != Scene.Ignore);
        using var ce = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore };
        scene.Evaluate(both).Value.ShouldBeClose(scene.Evaluate(topK).Value + (2 * scene.Evaluate(ce).Value / mean), Tolerance.Identity);
    }

    /// <summary>0 · ∞ would be NaN.</summary>
    [Fact]
    public void PixelTermWithLambda0_IsLeftOut_ButConnectedWhereItIsAlone()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var entropy = new SegmentationLoss(new CrossEntropy());
        using var sum = new SegmentationLoss(new CrossEntropy() + (0 * new Infinite()));
        var (value, gradient) = scene.Evaluate(sum);
        value.Should().Be(scene.Evaluate(entropy).Value);
        gradient.Should().Equal(scene.Evaluate(entropy).Gradient);

        using var alone = new SegmentationLoss(0 * new MeanOfPixels());
        var (zero, none) = scene.Evaluate(alone);
        zero.Should().Be(0);
        none.Should().OnlyContain(slope => slope == 0);
    }

    [Theory]
    [InlineData(0.7, 90, 63)]
    [InlineData(0.29, 100, 29)]
    [InlineData(0.1, 99, 9)]
    public void TopK_TakesTheShareThatIsMeant(double ratio, int pixels, int count)
    {
        // Losses of 1 to n: the mean of the largest says how many were taken.
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new TopKCrossEntropy { Ratio = ratio });
        var wanted = Enumerable.Range(1, pixels).Select(i => (double)i).ToArray();
        var margin = tensor([.. wanted.Select(nll => -Math.Log(Math.Exp(nll) - 1))], [1, 1, pixels], ScalarType.Float64);
        using var value = loss.call(cat([margin, zeros_like(margin)], 1), zeros([1, pixels], ScalarType.Int64));
        value.ToDouble().Should().BeApproximately(wanted[^count..].Average(), 1e-9);
    }

    [Fact]
    public void PixelTermOfIntegers_IsRefused()
    {
        using var loss = new SegmentationLoss(new CountOfPixels());
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>()
            .WithMessage("Evaluate of Count must return float32 or float64 numbers, but its result is Int64*");
    }

    private sealed class Infinite() : PixelTerm("Infinite")
    {
        protected override Tensor Evaluate(Pixels pixels) => pixels.NegativeLogLikelihood.sum(1).div(zeros([], ScalarType.Float64));
    }

    private sealed class CountOfPixels() : PixelTerm("Count")
    {
        protected override Tensor Evaluate(Pixels pixels) => pixels.IsValid.sum();
    }
}
