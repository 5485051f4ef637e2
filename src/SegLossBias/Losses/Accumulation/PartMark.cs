using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What is known of a part whatever the network says of it: its images, its axes and the true sizes of its regions.</summary>
/// <param name="Images">The number of the image of each entry.</param>
/// <param name="Space">The spatial axes.</param>
/// <param name="Sizes">Σ w·y of each region of each entry.</param>
internal sealed record PartMark(long[] Images, long[] Space, double[] Sizes)
{
    /// <summary>Sums of weights may be added up in another order.</summary>
    private const double Rounding = 1e-9;

    /// <param name="images">The number of the image of each entry.</param>
    /// <param name="logits">[n, K, *].</param>
    /// <param name="sizes">The row of true sizes, [n, 2K]. Waits for the device.</param>
    internal static PartMark Of(long[] images, Tensor logits, Tensor sizes) =>
        new(images, logits.shape[2..], images.Length == 0 ? [] : sizes.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray());

    internal bool Fits(PartMark other) =>
        Images.AsSpan().SequenceEqual(other.Images) && Space.AsSpan().SequenceEqual(other.Space)
        && Sizes.Zip(other.Sizes).All(pair => Math.Abs(pair.First - pair.Second) <= Rounding * Math.Max(1, Math.Abs(pair.First)));

    public override string ToString() => $"images {Shapes.Text(Images)} of {Shapes.Text(Space)} pixels";
}
