namespace SegLossBias;

/// <content>Instances of channels on their own and of two exclusive classes: their overlap, target size and gradient.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>Adds w and w p of each pixel to its instance, p that of its true class.</summary>
    private void AddRowInstances(int padded, double* sums)
    {
        if (_job.Instances is null)
        {
            return;
        }

        KeepRowInstances(padded);
        AddInstances(_general.Weight, padded, sums, _job.Request.Statistics.Count);
        if (_job.Request.Overlap >= 0)
        {
            GeneralSigmoid<TLanes, T>.SetRow(_tile.Logits, _general, padded);
            InstanceTile<TLanes, T>.SetOverlap(_tile.Label, _general, padded);
            AddInstances(_general.Values, padded, sums, _job.Request.Overlap);
        }
    }

    /// <summary>Adds u w p (1 − p) to the gradient of each pixel with an instance, with the opposite sign in the background.</summary>
    private void AddRowInstanceGradient(int padded, double* upstream)
    {
        if (_job.Instances is null || _job.Request.Overlap < 0)
        {
            return;
        }

        KeepRowInstances(padded);
        GeneralSigmoid<TLanes, T>.SetRow(_tile.Logits, _general, padded);
        new Span<T>(_general.Upstream, padded).Clear();
        InstanceTile<TLanes, T>.Spread(Foreground(upstream, _job.Request.Overlap) + (2L * _job.Channels), padded, _general.Instance, _general.Upstream);
        InstanceTile<TLanes, T>.AddGradient(_tile.Label, _general, padded, _tile.Gradient);
    }

    private void KeepRowInstances(int padded)
    {
        if (_job.Mode == KernelMode.Sigmoid)
        {
            InstanceTile<TLanes, T>.KeepForeground(padded, _tile.Label, _general.Instance);
        }
    }
}
