namespace SegLossBias.Training;

/// <summary>Tables of 256 entries that turn the values of a mask into labels.</summary>
internal static class LabelTable
{
    /// <summary>A mask whose values all lie below this holds class numbers.</summary>
    public const int NumberLimit = 32;

    /// <summary>In any other mask the foreground starts here, which keeps the noise of JPEG out.</summary>
    public const int ForegroundLevel = 128;

    /// <summary>Each value is its own label.</summary>
    public static byte[] Numbers() => Create(value => (byte)value);

    /// <summary>1 from <paramref name="level"/> on, 0 below.</summary>
    public static byte[] Foreground(int level) => Create(value => value >= level ? (byte)1 : (byte)0);

    public static byte[] Create(Func<int, byte> label) => [.. Enumerable.Range(0, 256).Select(label)];
}
