namespace SegLossBias;

/// <summary>
/// One line of the distance transform: g(x) = min over q of f(q) + s²(x − q)², in time linear in its length. The
/// parabola that is lowest on each stretch of the line is found from left to right, then read off.
/// </summary>
/// <param name="length">Pixels of a line.</param>
/// <param name="spacing">s, distance between neighbours.</param>
internal sealed class LowerEnvelope(int length, double spacing)
{
    private readonly double[] _values = new double[length];
    private readonly int[] _apexes = new int[length];

    /// <summary>Where each parabola of the envelope starts to be the lowest.</summary>
    private readonly double[] _starts = new double[length];

    private readonly double _area = spacing * spacing;

    /// <summary>Replaces f by g on the line at start, start + stride, …</summary>
    internal void Replace(double[] squared, int start, int stride)
    {
        var parabolas = 0;
        for (var q = 0; q < length; q++)
        {
            var value = squared[start + (q * stride)];
            _values[q] = value;
            if (double.IsPositiveInfinity(value))
            {
                continue;
            }

            var from = double.NegativeInfinity;
            while (parabolas > 0 && (from = Intersection(_apexes[parabolas - 1], q)) <= _starts[parabolas - 1])
            {
                parabolas--;
            }

            _apexes[parabolas] = q;
            _starts[parabolas] = parabolas == 0 ? double.NegativeInfinity : from;
            parabolas++;
        }

        if (parabolas > 0)
        {
            Write(squared, start, stride, parabolas);
        }
    }

    /// <summary>Where the parabola of the right apex becomes the lower one.</summary>
    private double Intersection(int left, int right) =>
        (((_values[right] - _values[left]) / (_area * (right - left))) + left + right) / 2;

    private void Write(double[] squared, int start, int stride, int parabolas)
    {
        var current = 0;
        for (var x = 0; x < length; x++)
        {
            while (current + 1 < parabolas && _starts[current + 1] < x)
            {
                current++;
            }

            var apex = _apexes[current];
            var distance = spacing * (x - apex);
            squared[start + (x * stride)] = _values[apex] + (distance * distance);
        }
    }
}
