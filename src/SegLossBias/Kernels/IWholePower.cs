namespace SegLossBias;

/// <summary>A small whole exponent that is known when a method is compiled.</summary>
internal interface IWholePower
{
    /// <summary>2 to 10.</summary>
    static abstract int Exponent { get; }
}

internal readonly struct Power2 : IWholePower
{
    public static int Exponent => 2;
}

internal readonly struct Power3 : IWholePower
{
    public static int Exponent => 3;
}

internal readonly struct Power4 : IWholePower
{
    public static int Exponent => 4;
}

internal readonly struct Power5 : IWholePower
{
    public static int Exponent => 5;
}

internal readonly struct Power6 : IWholePower
{
    public static int Exponent => 6;
}

internal readonly struct Power7 : IWholePower
{
    public static int Exponent => 7;
}

internal readonly struct Power8 : IWholePower
{
    public static int Exponent => 8;
}

internal readonly struct Power9 : IWholePower
{
    public static int Exponent => 9;
}

internal readonly struct Power10 : IWholePower
{
    public static int Exponent => 10;
}
