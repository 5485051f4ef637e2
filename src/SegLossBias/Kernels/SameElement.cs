namespace SegLossBias;

/// <summary>float32 and float64: stored as they are calculated with.</summary>
internal readonly unsafe struct SameElement<T> : IElement<T, T>
    where T : unmanaged
{
    static T IElement<T, T>.Widen(T value) => value;

    static T IElement<T, T>.Narrow(T value) => value;

    static void IElement<T, T>.Widen(T* source, T* target, int count) => Copy(source, target, count);

    static void IElement<T, T>.Narrow(T* source, T* target, int count) => Copy(source, target, count);

    private static void Copy(T* source, T* target, int count) => new ReadOnlySpan<T>(source, count).CopyTo(new Span<T>(target, count));
}
