namespace SegLossBias;

/// <summary>A mask with a border of background, from which pixels are taken away.</summary>
internal sealed class PaddedVolume
{
    private readonly int[] _size;
    private readonly int[] _strides;
    private readonly bool[] _inside;

    /// <summary>Steps to the pixels of a neighbourhood, in the order of <see cref="Neighbourhood"/>.</summary>
    private readonly int[] _steps;

    /// <summary>Places of the pixels that are left.</summary>
    private List<int> _left = [];

    /// <param name="mask">Row-major.</param>
    /// <param name="size">Layers, lines, columns.</param>
    internal PaddedVolume(ReadOnlySpan<bool> mask, int[] size)
    {
        _size = size;
        _strides = [(size[1] + 2) * (size[2] + 2), size[2] + 2, 1];
        _inside = new bool[(size[0] + 2) * _strides[0]];
        _steps = [.. Enumerable.Range(0, Neighbourhood.Pixels).Select(pixel => Neighbourhood.Offset(pixel).Zip(_strides).Sum(axis => axis.First * axis.Second))];
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                _left.Add(Place(i));
                _inside[_left[^1]] = true;
            }
        }
    }

    /// <summary>Takes away what may go of the border that one direction sees.</summary>
    /// <returns>Whether a pixel went.</returns>
    internal bool Peel(int axis, int direction)
    {
        var step = direction * _strides[axis];
        var candidates = _left.Where(place => !_inside[place + step] && Neighbourhood.MayGo(Around(place))).ToArray();
        var before = _left.Count;
        foreach (var place in candidates)
        {
            // What went meanwhile may have made it the only link.
            _inside[place] = !Neighbourhood.MayGo(Around(place));
        }

        _left = [.. _left.Where(place => _inside[place])];
        return _left.Count < before;
    }

    internal bool[] ToMask()
    {
        var mask = new bool[_size[0] * _size[1] * _size[2]];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = _inside[Place(i)];
        }

        return mask;
    }

    /// <summary>The neighbourhood of a pixel as bits.</summary>
    private int Around(int place)
    {
        var bits = 0;
        for (var pixel = 0; pixel < _steps.Length; pixel++)
        {
            bits |= _inside[place + _steps[pixel]] ? 1 << pixel : 0;
        }

        return bits;
    }

    private int Place(int flat)
    {
        var (row, column) = Math.DivRem(flat, _size[2]);
        var (layer, line) = Math.DivRem(row, _size[1]);
        return ((layer + 1) * _strides[0]) + ((line + 1) * _strides[1]) + column + 1;
    }
}
