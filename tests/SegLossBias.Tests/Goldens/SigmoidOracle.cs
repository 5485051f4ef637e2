namespace SegLossBias.Tests.Goldens;

/// <summary>
/// The reference's binary and multilabel losses without its defects: values and hand-derived gradients in plain loops
/// and double precision, sharing nothing with the library.
/// </summary>
internal sealed class SigmoidOracle
{
    private const double SizeEpsilon = 1e-10;

    private readonly Scene _scene;
    private readonly long _ignoreIndex;
    private readonly double _temperature;
    private readonly double _gamma;
    private readonly double _smooth;
    private readonly double _diceEpsilon;

    internal SigmoidOracle(Scene scene, long ignoreIndex, double temperature, double gamma, double smooth, double diceEpsilon) =>
        (_scene, _ignoreIndex, _temperature, _gamma, _smooth, _diceEpsilon) = (scene, ignoreIndex, temperature, gamma, smooth, diceEpsilon);

    private IEnumerable<int> Valid => Enumerable.Range(0, _scene.Labels.Length).Where(i => _scene.Labels[i] != _ignoreIndex);

    /// <summary>first + λ · second.</summary>
    internal (double Total, double[] Terms, double[] Gradient) Sum(string[] names, double lambda)
    {
        var parts = names.Select(Term).ToArray();
        var weights = parts.Select((_, index) => index == 0 ? 1 : lambda).ToArray();
        return (
            parts.Zip(weights, (part, weight) => weight * part.Value).Sum(),
            [.. parts.Select(part => part.Value)],
            [.. Enumerable.Range(0, _scene.Logits.Length).Select(i => parts.Zip(weights, (part, weight) => weight * part.Gradient[i]).Sum())]);
    }

    private static double Sigmoid(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));

    private static double Softplus(double z) => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));

    private (double Value, double[] Gradient) Term(string name) => name switch
    {
        "ce" => PixelMean(Softplus, s => -Sigmoid(-s)),
        "focal" => PixelMean(
            z => Math.Pow(Sigmoid(z), _gamma) * Softplus(z),
            s => (-_gamma * Sigmoid(s) * Math.Pow(Sigmoid(-s), _gamma) * Softplus(-s)) - Math.Pow(Sigmoid(-s), _gamma + 1)),
        "l1" => Sizes((p, y, _, _) => (Math.Abs(p - y), Math.Sign(p - y), 0), _scene.Classes),
        "db" => Sizes((p, y, _, _) => (Math.Log(p + y + SizeEpsilon), 1 / (p + y + SizeEpsilon), 0), _scene.Classes),
        "kl" => Sizes((p, y, rest, restTrue) => ((y * Math.Log(y / p)) + (restTrue * Math.Log(restTrue / rest)), -y / p, -restTrue / rest), 1),
        "dice" => Dice(score => (1 - score, -1)),
        "logdice" => Dice(score => score < _diceEpsilon ? (-Math.Log(_diceEpsilon), 0) : (-Math.Log(score), -1 / score)),
        _ => throw new InvalidOperationException($"no oracle for {name}"),
    };

    /// <summary>Mean over valid pixels of value(−s) with s = ±z, the logit of the truth; slope is its derivative in s.</summary>
    private (double Value, double[] Gradient) PixelMean(Func<double, double> value, Func<double, double> slope)
    {
        var gradient = new double[_scene.Logits.Length];
        var (sum, count) = (0.0, Valid.Count());
        foreach (var i in Valid)
        {
            var sign = _scene.Labels[i] == 1 ? 1 : -1;
            sum += value(-sign * _scene.Logits[i]);
            gradient[i] = sign * slope(sign * _scene.Logits[i]) / count;
        }

        return (sum / Math.Max(count, 1), gradient);
    }

    /// <summary>A penalty of the proportions of each image and channel; slopes with respect to p̂ and to the background's p̂.</summary>
    private (double Value, double[] Gradient) Sizes(Func<double, double, double, double, (double Value, double Slope, double RestSlope)> penalty, long divisor)
    {
        var gradient = new double[_scene.Logits.Length];
        var (total, scale) = (0.0, 1.0 / (_scene.Images * divisor));
        foreach (var channel in Valid.GroupBy(i => i / (int)_scene.Pixels))
        {
            var size = channel.Count() + SizeEpsilon;
            double Proportion(Func<int, double> mass) => (channel.Sum(mass) + SizeEpsilon) / size;
            var (value, slope, restSlope) = penalty(
                Proportion(i => Sigmoid(_temperature * _scene.Logits[i])),
                Proportion(i => _scene.Labels[i]),
                Proportion(i => Sigmoid(-_temperature * _scene.Logits[i])),
                Proportion(i => 1 - _scene.Labels[i]));
            total += scale * value;
            foreach (var i in channel)
            {
                var z = _temperature * _scene.Logits[i];
                gradient[i] = scale * (slope - restSlope) * _temperature * Sigmoid(z) * Sigmoid(-z) / size;
            }
        }

        return (total, gradient);
    }

    /// <summary>Dice pooled over the batch; an absent class counts 0 in the mean over channels.</summary>
    private (double Value, double[] Gradient) Dice(Func<double, (double Value, double Slope)> loss)
    {
        var gradient = new double[_scene.Logits.Length];
        var total = 0.0;
        foreach (var channel in Valid.GroupBy(i => i / (int)_scene.Pixels % (int)_scene.Classes).Where(channel => channel.Any(i => _scene.Labels[i] == 1)))
        {
            var overlap = (2 * channel.Sum(i => Sigmoid(_scene.Logits[i]) * _scene.Labels[i])) + _smooth;
            var cardinality = channel.Sum(i => Sigmoid(_scene.Logits[i]) + _scene.Labels[i]) + _smooth;
            var (value, slope) = loss(overlap / Math.Max(cardinality, _diceEpsilon));
            total += value / _scene.Classes;
            foreach (var i in channel)
            {
                var z = _scene.Logits[i];
                var scoreSlope = ((2 * _scene.Labels[i]) - (overlap / cardinality)) / cardinality;
                gradient[i] = slope * scoreSlope * Sigmoid(z) * Sigmoid(-z) / _scene.Classes;
            }
        }

        return (total, gradient);
    }
}
