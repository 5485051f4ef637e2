namespace SegLossBias.Experiments.Data;

/// <summary>Tables of 256 entries that turn the values of a mask into labels.</summary>
internal static class LabelTable
{
    /// <summary>Class numbers lie below this.</summary>
    public const int NumberLimit = 32;

    /// <summary>Where a mask has no class numbers, the foreground starts here, which keeps the noise of JPEG out.</summary>
    public const int ForegroundLevel = 128;

    /// <summary>Whether the values of a mask that may be of either kind are class numbers; those of a JPEG are not exact.</summary>
    public static bool HoldsNumbers(string file, int largestValue) => largestValue < NumberLimit && !PictureFile.IsJpeg(file);

    /// <summary>Each value is its own label.</summary>
    public static byte[] Numbers() => Create(value => (byte)value);

    /// <summary>1 from <paramref name="level"/> on, 0 below.</summary>
    public static byte[] Foreground(int level) => Create(value => value >= level ? (byte)1 : (byte)0);

    public static byte[] Create(Func<int, byte> label) => [.. Enumerable.Range(0, 256).Select(label)];
}
