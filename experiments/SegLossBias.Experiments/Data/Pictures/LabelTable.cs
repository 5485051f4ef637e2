namespace SegLossBias.Experiments.Data;

/// <summary>Tables of 256 entries that turn the values of a mask into labels.</summary>
internal static class LabelTable
{
    /// <summary>The label of pixels that count nowhere.</summary>
    public const byte Ignored = byte.MaxValue;

    /// <summary>Grey values below this are class numbers where no class is named: larger ones may be shades of grey.</summary>
    public const int NumberLimit = 32;

    /// <summary>Where a mask has no class numbers, the foreground starts here, which keeps the noise of JPEG out.</summary>
    public const int ForegroundLevel = 128;

    /// <summary>Each value is its own label.</summary>
    public static byte[] Numbers() => Create(value => (byte)value);

    /// <summary>1 from <paramref name="level"/> on, 0 below.</summary>
    public static byte[] Foreground(int level) => Create(value => value >= level ? (byte)1 : (byte)0);

    public static byte[] Create(Func<int, byte> label) => [.. Enumerable.Range(0, 256).Select(label)];
}
