namespace SegLossBias.Experiments.Data;

/// <summary>Where the foreground of a label map lies, class by class: four bytes for each of its voxels.</summary>
internal sealed class ForegroundVoxels
{
    private readonly int[][] _classes;
    private readonly IReadOnlyList<long> _space;

    /// <param name="item">Its labels are read.</param>
    /// <param name="first">The first class that is no background.</param>
    /// <param name="ignoreIndex">A label that is no class.</param>
    public ForegroundVoxels(Case item, int first, long? ignoreIndex)
    {
        _space = item.Space;
        var found = new List<int>?[byte.MaxValue + 1];
        using var labels = item.Labels.contiguous();
        var values = labels.bytes;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] >= first && values[i] != ignoreIndex)
            {
                (found[values[i]] ??= []).Add(i);
            }
        }

        _classes = [.. found.OfType<List<int>>().Select(voxels => voxels.ToArray())];
    }

    public bool Any => _classes.Length > 0;

    /// <summary>[d, h, w] of a voxel: a class is drawn first, then one of its voxels, so that small classes are seen too.</summary>
    public long[] Draw(Random random)
    {
        var voxels = _classes[random.Next(_classes.Length)];
        long voxel = voxels[random.Next(voxels.Length)];
        return [voxel / (_space[1] * _space[2]), voxel / _space[2] % _space[1], voxel % _space[2]];
    }
}
