using System.Globalization;

namespace SegLossBias.Benchmarks.Cases;

/// <summary>A shape of logits [N,K,*], written as <c>4x19x512x1024</c>.</summary>
internal sealed class Shape
{
    private Shape(long[] sizes) => Sizes = sizes;

    /// <summary>The shapes of the benchmarks: two sets of large pictures, volumes, many classes, and one where overhead counts.</summary>
    public static IReadOnlyList<string> Names { get; } = ["8x2x512x512", "4x19x512x1024", "2x16x64x128x128", "2x150x128x128", "2x4x64x64"];

    public long[] Sizes { get; }

    public long Images => Sizes[0];

    public long Classes => Sizes[1];

    public long[] Space => Sizes[2..];

    public long Elements => Sizes.Aggregate((product, size) => product * size);

    /// <summary>Bytes of float32 logits.</summary>
    public long Bytes => Elements * sizeof(float);

    /// <exception cref="FormatException">The text is no shape with two or three spatial dimensions.</exception>
    public static Shape Parse(string text)
    {
        var sizes = text.Split('x').Select(part => long.TryParse(part, CultureInfo.InvariantCulture, out var size) ? size : 0).ToArray();
        return sizes.Length is 4 or 5 && sizes.All(size => size > 0) && sizes[1] > 1
            ? new Shape(sizes)
            : throw new FormatException($"'{text}' is no shape such as 4x19x512x1024: images, classes (2 or more), two or three spatial sizes");
    }

    /// <summary>The same classes and rank with no more than two images of 16 pixels a side: quick to warm up on.</summary>
    public Shape Small() => new([Math.Min(Images, 2), Classes, .. Space.Select(size => Math.Min(size, 16))]);

    public override string ToString() => string.Join('x', Sizes);
}
