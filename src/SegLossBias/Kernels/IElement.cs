namespace SegLossBias;

/// <summary>How a stored number becomes one the kernels calculate with, and back, rounded to nearest even.</summary>
internal unsafe interface IElement<TStored, TWide>
    where TStored : unmanaged
    where TWide : unmanaged
{
    static abstract TWide Widen(TStored value);

    static abstract TStored Narrow(TWide value);

    static abstract void Widen(TStored* source, TWide* target, int count);

    static abstract void Narrow(TWide* source, TStored* target, int count);
}
