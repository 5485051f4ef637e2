namespace SegLossBias.Experiments.Data;

/// <summary>A picture and its labels at the network's size, or larger where parts are cut from it.</summary>
/// <param name="Pair">The files they come from.</param>
/// <param name="Height">Of both.</param>
/// <param name="Width">Of both.</param>
/// <param name="Pixels">Red, green and blue planes [3,H,W].</param>
/// <param name="Labels">[H,W].</param>
/// <param name="LargestMaskValue">Of its masks, before labels were made of them.</param>
internal sealed record PictureSample(PicturePair Pair, int Height, int Width, byte[] Pixels, byte[] Labels, int LargestMaskValue)
{
    /// <summary>Whether the three planes are equal.</summary>
    public bool IsGrey
    {
        get
        {
            var red = Pixels.AsSpan(0, Labels.Length);
            return red.SequenceEqual(Pixels.AsSpan(Labels.Length, Labels.Length)) && red.SequenceEqual(Pixels.AsSpan(2 * Labels.Length));
        }
    }
}
