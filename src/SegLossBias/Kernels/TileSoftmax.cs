namespace SegLossBias;

/// <summary>
/// One softmax of the pixels of a tile, p[k,i] = e[k,i] / s[i] with e[k,i] = exp(τ (z[k,i] − max_k z[k,i])): kept as powers, and
/// divided by their sum where that is cheapest.
/// </summary>
internal readonly unsafe struct TileSoftmax<T>
    where T : unmanaged
{
    /// <summary>Matrix: e.</summary>
    internal readonly T* Powers;

    /// <summary>Row: s[i] = Σ_k e[k,i].</summary>
    internal readonly T* Sum;

    /// <summary>Row: the part of s[i] from logits below the largest. s has lost its last digits to the 1 of the largest.</summary>
    internal readonly T* Lower;

    /// <summary>Row, in backward: Σ_k p[k,i] u[k], the mean of the upstream gradient.</summary>
    internal readonly T* Mean;

    /// <summary>Row: 1/s[i], in backward τ/s[i]; 0 where the pixel is ignored.</summary>
    internal readonly T* Factor;

    /// <summary>u[k], in backward: the upstream gradient of the predicted size of each class.</summary>
    internal readonly T* Upstream;

    /// <param name="start">Where its arrays begin.</param>
    /// <param name="rows">Classes.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="end">Where they end.</param>
    internal TileSoftmax(T* start, int rows, int stride, out T* end)
    {
        Powers = start;
        Sum = Powers + ((long)rows * stride);
        Lower = Sum + stride;
        Mean = Lower + stride;
        Factor = Mean + stride;
        Upstream = Factor + stride;
        end = Upstream + Lines.Whole(rows);
    }
}
