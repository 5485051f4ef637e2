namespace SegLossBias;

/// <summary>What a function of the pixels of one region reads, a number for each pixel.</summary>
internal readonly unsafe struct PixelRow<T>(T* probability, T* oneMinusP, T* negativeLog, T* weight, T* label, T* map)
    where T : unmanaged
{
    /// <summary>p.</summary>
    internal readonly T* Probability = probability;

    /// <summary>1 − p with all its digits.</summary>
    internal readonly T* OneMinusP = oneMinusP;

    /// <summary>−log p with all its digits.</summary>
    internal readonly T* NegativeLog = negativeLog;

    /// <summary>w; 0 where the pixel is ignored.</summary>
    internal readonly T* Weight = weight;

    /// <summary>y.</summary>
    internal readonly T* Label = label;

    /// <summary>φ; null where there is none.</summary>
    internal readonly T* Map = map;

    /// <summary>The same with another φ.</summary>
    internal PixelRow<T> With(T* map) => new(Probability, OneMinusP, NegativeLog, Weight, Label, map);
}
