namespace SegLossBias.Tests.Losses;

/// <summary>The mean of cross-entropy over all pixels, which disposes what it reads.</summary>
internal sealed class MeanOfPixels() : PixelTerm("Mean")
{
    protected override Tensor Evaluate(Pixels pixels)
    {
        using var scope = NewDisposeScope();
        using var losses = pixels.NegativeLogLikelihood;
        using var isValid = pixels.IsValid;
        return losses.mean().MoveToOuterDisposeScope();
    }
}
