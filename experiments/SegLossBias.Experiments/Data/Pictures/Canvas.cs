namespace SegLossBias.Experiments.Data;

/// <summary>A square RGB picture under construction; positions and radii are fractions of its side.</summary>
internal sealed class Canvas(int size, Random random)
{
    private readonly double[][] _channels = [new double[size * size], new double[size * size], new double[size * size]];

    public double Between(double low, double high) => low + ((high - low) * random.NextDouble());

    /// <summary>The orange background: darker towards the rim, with large soft spots, and a tint per picture.</summary>
    public void Retina()
    {
        var spots = Waves(4, 0.04);
        var tint = Between(0.85, 1.1);
        double[] colour = [0.72, 0.38, 0.22];
        Paint((x, y, channel) =>
            tint * colour[channel] * (1 - (0.9 * (Square(x - 0.5) + Square(y - 0.5)))) * (1 + spots(x, y)));
    }

    /// <summary>A soft round spot that adds <paramref name="colour"/> at its centre.</summary>
    public void Blob(double centreX, double centreY, double radius, double[] colour) =>
        Paint((x, y, channel) =>
            colour[channel] * Math.Exp(-Math.Pow((Square(x - centreX) + Square(y - centreY)) / Square(radius), 1.5)));

    /// <summary>A winding dark line that thins out from its origin to the rim.</summary>
    public void Vessel(double startX, double startY)
    {
        var angle = Between(0, 2 * Math.PI);
        var bend = Between(-2.5, 2.5);
        var width = Between(0.012, 0.02);
        var darkness = new double[size * size];
        var (x, y) = (startX, startY);
        for (var travelled = 0.0; travelled < 0.8; travelled += 0.01, angle += 0.01 * bend)
        {
            (x, y) = (x + (0.01 * Math.Cos(angle)), y + (0.01 * Math.Sin(angle)));
            Stamp(darkness, x, y, width * (1 - (0.8 * travelled)));
        }

        double[] colour = [-0.10, -0.10, -0.06];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var i = 0; i < darkness.Length; i++)
            {
                _channels[channel][i] += colour[channel] * darkness[i];
            }
        }
    }

    /// <summary>One to three irregular dark red spots on exactly the wanted share of the pixels (two at least).</summary>
    public void Lesions(double share, Span<byte> mask)
    {
        var centres = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (
            X: Between(0.22, 0.78), Y: Between(0.22, 0.78), Tilt: Between(0, Math.PI), Long: Between(1, 2), Weight: Between(0.7, 1.3))).ToArray();
        var outline = Waves(6, 0.02 + (0.3 * Math.Sqrt(share)));
        var distance = new double[size * size];
        var order = new int[size * size];
        ForEach((x, y, i) =>
        {
            order[i] = i;
            distance[i] = outline(x, y) + centres.Min(c =>
            {
                var (u, v) = (x - c.X, y - c.Y);
                var along = ((u * Math.Cos(c.Tilt)) + (v * Math.Sin(c.Tilt))) / c.Long;
                var across = (v * Math.Cos(c.Tilt)) - (u * Math.Sin(c.Tilt));
                return Math.Sqrt(Square(along) + Square(across)) / c.Weight;
            });
        });
        Array.Sort(distance, order);
        var count = Math.Max(2, (int)Math.Round(share * size * size));
        var strength = Between(0.45, 1);
        double[] colour = [-0.07, -0.17, -0.10];
        for (var rank = 0; rank < count; rank++)
        {
            mask[order[rank]] = 1;
            var depth = strength * (0.6 + (0.4 * (1 - ((double)rank / count))));
            for (var channel = 0; channel < 3; channel++)
            {
                _channels[channel][order[rank]] += depth * colour[channel];
            }
        }
    }

    /// <summary>Adds noise, cuts the round field of view and writes bytes, channel by channel.</summary>
    public void Develop(Span<byte> pixels)
    {
        for (var i = 0; i < size * size; i++)
        {
            var (x, y) = Position(i);
            var inside = Square(x - 0.5) + Square(y - 0.5) < Square(0.49);
            var shared = 0.02 * Normal();
            for (var channel = 0; channel < 3; channel++)
            {
                var value = inside ? _channels[channel][i] + shared + (0.025 * Normal()) : 0.02;
                pixels[(channel * size * size) + i] = (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
            }
        }
    }

    private static double Square(double value) => value * value;

    private (double X, double Y) Position(int i) => (((i % size) + 0.5) / size, ((i / size) + 0.5) / size);

    /// <summary>Raises <paramref name="field"/> to a bell of height 1 around a point, as far as it can be seen.</summary>
    private void Stamp(double[] field, double centreX, double centreY, double radius)
    {
        var reach = 2.5 * radius;
        for (var row = Math.Max(0, (int)((centreY - reach) * size)); row <= Math.Min(size - 1, (centreY + reach) * size); row++)
        {
            for (var column = Math.Max(0, (int)((centreX - reach) * size)); column <= Math.Min(size - 1, (centreX + reach) * size); column++)
            {
                var i = (row * size) + column;
                var (x, y) = Position(i);
                field[i] = Math.Max(field[i], Math.Exp(-(Square(x - centreX) + Square(y - centreY)) / Square(radius)));
            }
        }
    }

    private void ForEach(Action<double, double, int> visit)
    {
        for (var i = 0; i < size * size; i++)
        {
            var (x, y) = Position(i);
            visit(x, y, i);
        }
    }

    private void Paint(Func<double, double, int, double> colour) => ForEach((x, y, i) =>
    {
        for (var channel = 0; channel < 3; channel++)
        {
            _channels[channel][i] += colour(x, y, channel);
        }
    });

    /// <summary>A smooth random field: a sum of a few plane waves.</summary>
    private Func<double, double, double> Waves(int count, double amplitude)
    {
        var waves = Enumerable.Range(0, count)
            .Select(_ => (X: Between(-20, 20), Y: Between(-20, 20), Phase: Between(0, 2 * Math.PI))).ToArray();
        return (x, y) => amplitude * waves.Sum(w => Math.Sin((w.X * x) + (w.Y * y) + w.Phase)) / Math.Sqrt(count);
    }

    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
