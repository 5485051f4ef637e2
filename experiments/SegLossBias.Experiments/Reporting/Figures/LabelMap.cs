using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>The classes of a picture's pixels, as a grey PNG holds them.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Labels">Row by row: 0..K−1, or larger where a pixel is ignored.</param>
internal sealed record LabelMap(int Width, int Height, byte[] Labels)
{
    /// <summary>Null where the file is missing or broken.</summary>
    public static LabelMap? Read(string path)
    {
        using var picture = PngFile.Read(path);
        if (picture is null)
        {
            return null;
        }

        var rgba = picture.GetPixelSpan();
        var labels = new byte[picture.Width * picture.Height];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = rgba[4 * i];
        }

        return new(picture.Width, picture.Height, labels);
    }

    /// <summary>What a prediction made of each measured class of this truth.</summary>
    /// <param name="predicted">Of the same size.</param>
    /// <param name="first">The first class that is measured.</param>
    /// <param name="classes">K; larger labels of the truth count nowhere.</param>
    public IReadOnlyList<OverlapCounts> Compare(LabelMap predicted, int first, int classes)
    {
        var pairs = new long[classes, 256];
        for (var i = 0; i < Labels.Length; i++)
        {
            if (Labels[i] < classes)
            {
                pairs[Labels[i], predicted.Labels[i]]++;
            }
        }

        var valid = pairs.Cast<long>().Sum();
        return [.. Enumerable.Range(first, classes - first).Select(k =>
        {
            var (both, isTrue, isPredicted) = (pairs[k, k], Enumerable.Range(0, 256).Sum(j => pairs[k, j]), Enumerable.Range(0, classes).Sum(i => pairs[i, k]));
            return new OverlapCounts(both, isPredicted - both, isTrue - both, valid - isTrue - isPredicted + both);
        })];
    }
}
