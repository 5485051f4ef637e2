namespace SegLossBias;

/// <summary>What a tile holds beside <see cref="Tile{TLanes, T}"/>, where it is not basic. The constructor is the one statement of the layout.</summary>
internal readonly unsafe struct GeneralTile<T>
    where T : unmanaged
{
    /// <summary>Row: w, 0 where the pixel is ignored or padding.</summary>
    internal readonly T* Weight;

    /// <summary>Matrix: y. Of channels on their own and of two classes a row of the background and one of the foreground, of hard labels too where terms read them.</summary>
    internal readonly T* Labels;

    /// <summary>Matrix, in backward of exclusive classes: c = p · dL/dp.</summary>
    internal readonly T* Slopes;

    /// <summary>Rows of the class or of the true class at hand: p, 1 − p, −log p, −log(1 − p).</summary>
    internal readonly T* Probability;
    internal readonly T* OneMinusP;
    internal readonly T* NegativeLog;
    internal readonly T* BackgroundLog;

    /// <summary>Rows: y of the class at hand and of its background, where the labels are not at hand as such.</summary>
    internal readonly T* Label;
    internal readonly T* BackgroundLabel;

    /// <summary>Row: φ of the class at hand.</summary>
    internal readonly T* Map;

    /// <summary>Row: what a function of the pixels gives.</summary>
    internal readonly T* Values;

    /// <summary>Row, in backward: c of the true class.</summary>
    internal readonly T* TrueSlope;

    /// <summary>Row, in backward: the upstream gradient of each pixel.</summary>
    internal readonly T* Upstream;

    /// <summary>Row: 1 / s, s the sum of powers with τ = 1.</summary>
    internal readonly T* Inverse;

    /// <summary>Row: log s with all its digits.</summary>
    internal readonly T* LogSum;

    /// <summary>Row: the number of the instance, -1 where there is none.</summary>
    internal readonly int* Instance;

    /// <summary>For each class, in backward: the upstream gradients of overlap and of negative log-likelihood.</summary>
    internal readonly T* ClassOverlap;
    internal readonly T* ClassLikelihood;

    /// <summary>For each class, with rows of the confusion matrix: what the pixels of that label have in the column at hand.</summary>
    internal readonly double* ByLabel;

    /// <summary>The rows of the confusion matrix that have a pixel in the tile.</summary>
    internal readonly int* PresentRows;

    private readonly T* _end;

    /// <param name="shape">That of the tile.</param>
    /// <param name="plan">What is gathered.</param>
    /// <param name="start">Where the arrays lie.</param>
    internal GeneralTile(TileShape shape, GeneralPlan plan, byte* start)
    {
        var next = (T*)start;
        var stride = shape.Stride;
        Weight = Take(ref next, stride);
        Labels = Take(ref next, (shape.Rows <= 2 ? 2 : plan.IsSoft ? (long)shape.Rows : 0) * stride);
        Slopes = Take(ref next, (plan.KeepsSlopes ? (long)shape.Rows : 0) * stride);
        Probability = Take(ref next, stride);
        OneMinusP = Take(ref next, stride);
        NegativeLog = Take(ref next, stride);
        BackgroundLog = Take(ref next, stride);
        Label = Take(ref next, stride);
        BackgroundLabel = Take(ref next, stride);
        Map = Take(ref next, stride);
        Values = Take(ref next, stride);
        TrueSlope = Take(ref next, stride);
        Upstream = Take(ref next, stride);
        Inverse = Take(ref next, stride);
        LogSum = Take(ref next, stride);
        Instance = (int*)Take(ref next, stride);
        ClassOverlap = Take(ref next, Lines.Whole(shape.Rows));
        ClassLikelihood = Take(ref next, Lines.Whole(shape.Rows));
        ByLabel = (double*)Take(ref next, plan.Confusion.Length == 0 ? 0 : (long)Lines.Whole(shape.Rows) * sizeof(double) / sizeof(T));
        PresentRows = (int*)Take(ref next, Lines.Whole(plan.Confusion.Length));
        _end = next;
    }

    /// <summary>How much memory it takes.</summary>
    internal static long Bytes(TileShape shape, GeneralPlan plan) => (long)(nint)new GeneralTile<T>(shape, plan, null)._end;

    private static T* Take(ref T* next, long count)
    {
        var taken = next;
        next += count;
        return taken;
    }
}
