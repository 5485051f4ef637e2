namespace SegLossBias;

/// <summary>What a statistic adds up, w · m · f(p), for the pixels of a vector.</summary>
internal unsafe interface IPixelFunction<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>w m f(p)</summary>
    static abstract TLanes Value(in PixelRow<T> row, int i, in PixelShape shape);

    /// <summary>c = w m p f'(p)</summary>
    static abstract TLanes Slope(in PixelRow<T> row, int i, in PixelShape shape);
}
