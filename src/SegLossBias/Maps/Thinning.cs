namespace SegLossBias;

/// <summary>Thins a mask in 2D or 3D to its centre lines, without a change of its topology.</summary>
/// <remarks>
/// Border pixels are taken away from one direction after the other (2D: four, 3D: six; an axis of size 1 has none), until none can be:
/// <code>
/// a pixel goes if    it is not the end of a line (it has not exactly one neighbour),
/// and it is simple:  its foreground neighbours are connected with each other (with corners),
///                    and so are the background ones at its faces (by faces, within its faces and edges)
/// </code>
/// The pixels of one direction are first found all together, then each is looked at again before it goes. So components, holes and
/// cavities stay as they are: foreground is connected with corners (8 and 26 neighbours), background by faces (4 and 6). What stays is
/// one pixel thin, but for pixels where lines meet. Neighbours are those in the image; beyond it is background. The time is linear in
/// the pixels of the mask times its thickness. Directional thinning as by Lee, Kashyap and Chu, CVGIP: Graphical Models and Image
/// Processing 56 (1994), which <c>skimage.morphology.skeletonize</c> runs in 3D; simple points as by Bertrand and Malandain, Pattern
/// Recognition Letters 15 (1994).
/// </remarks>
public static class Thinning
{
    /// <summary>The centre lines of a mask.</summary>
    /// <param name="mask">Row-major, true inside.</param>
    /// <param name="shape">[height, width] or [depth, height, width].</param>
    /// <returns>Row-major, a part of the mask; empty where the mask is.</returns>
    /// <exception cref="ArgumentException">Mask and shape do not belong together.</exception>
    public static bool[] Compute(ReadOnlySpan<bool> mask, ReadOnlySpan<int> shape)
    {
        MaskCheck.Geometry(shape, [.. Enumerable.Repeat(1.0, shape.Length)]);
        MaskCheck.Length(mask, shape, nameof(mask));
        int[] size = [.. Enumerable.Repeat(1, 3 - shape.Length), .. shape];
        var volume = new PaddedVolume(mask, size);
        bool removed;
        do
        {
            removed = false;
            for (var axis = 0; axis < 3; axis++)
            {
                if (size[axis] > 1)
                {
                    removed |= volume.Peel(axis, -1);
                    removed |= volume.Peel(axis, 1);
                }
            }
        }
        while (removed);

        return volume.ToMask();
    }
}
