namespace SegLossBias;

/// <summary>One class of one image, or all that is not that class.</summary>
internal readonly record struct Region(int Image, int Class, bool IsBackground = false);
