using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>
/// Value, first and second derivative of the focal term, against their closed forms in float64, for pixels from hopeless
/// to sure. With the logit t of the truth, p = σ(t), r = 1 − p and L = −log p:
/// <code>
/// F   = r^γ L
/// F'  = −r^γ (γ p L + r)
/// F'' = p r^γ (γ (γ p L + r) − r (γ L − γ − 1))
/// </code>
/// </summary>
public class FocalTermTests
{
    private static readonly double[] Margins = [-1e4, -300, -60, -20, -3, -0.5, 0, 0.5, 3, 20, 60, 80, 100, 300, 1e4];

    private static readonly double[] Gammas = [0, 0.5, 0.9, 1, 1.5, 2, 3];

    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64];

    public static TheoryData<double, FocalForm> TwoClasses
    {
        get
        {
            var data = new TheoryData<double, FocalForm>();
            foreach (var gamma in Gammas)
            {
                data.Add(gamma, FocalForm.Softmax);
                data.Add(gamma, FocalForm.OneVsRest);
            }

            return data;
        }
    }

    public static TheoryData<double> OneChannel => [.. Gammas];

    /// <summary>Both labels of two classes, whose softmax is the sigmoid of the difference, and one channel against the rest.</summary>
    [Theory]
    [MemberData(nameof(TwoClasses))]
    public void ValueAndDerivatives_AreThoseOfTheClosedForm(double gamma, FocalForm form)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, margin) in Types.SelectMany(type => Margins.Select(margin => (type, margin))))
        {
            // Pixels of class 0 and of class 1: the other class, against the rest, has the logit of a sure rejection.
            var z = tensor((double[])[margin, 0, 0, margin], [1, 2, 2], type).requires_grad_(true);
            var labels = tensor((long[])[0, 1], [1, 2]);
            using var regions = RegionStatistics.Compute(z, labels, SegmentationMode.Multiclass, null, RegionStatistic.Focal(gamma, form));
            var foreground = regions.Focal(gamma, form);
            var gradient = autograd.grad([foreground.sum()], [z], retain_graph: true, create_graph: true)[0];
            var second = autograd.grad([gradient[0, 0, 0] + gradient[0, 1, 1]], [z])[0];
            var (value, slope, curvature) = Expected(gamma, margin);
            foreach (var (actual, expected, what) in ((Tensor, double, string)[])
                [
                    (foreground[0, 0], value, "value"),
                    (foreground[0, 1], value, "value"),
                    (gradient[0, 0, 0], slope, "derivative"),
                    (gradient[0, 1, 1], slope, "derivative"),
                    (second[0, 0, 0], curvature, "second derivative"),
                    (second[0, 1, 1], curvature, "second derivative"),
                ])
            {
                actual.to(ScalarType.Float64).item<double>().ShouldBeClose(expected, Tolerance.Of(type), $"{type}, {what} at {margin}");
            }

            Evaluation.Numbers(gradient).Should().OnlyContain(g => double.IsFinite(g));
            Evaluation.Numbers(second).Should().OnlyContain(h => double.IsFinite(h));
        }
    }

    [Theory]
    [MemberData(nameof(OneChannel))]
    public void BackgroundOfAChannel_IsTheTermOfTheOppositeLogit(double gamma)
    {
        using var scope = NewDisposeScope();
        foreach (var (type, margin) in Types.SelectMany(type => Margins.Select(margin => (type, margin))))
        {
            var z = tensor((double[])[-margin], [1, 1, 1], type).requires_grad_(true);
            using var regions = RegionStatistics.Compute(z, zeros([1, 1], ScalarType.Int64), SegmentationMode.Binary, null, RegionStatistic.Focal(gamma, FocalForm.OneVsRest));
            var background = regions.Background.Focal(gamma, FocalForm.OneVsRest);
            var gradient = autograd.grad([background.sum()], [z], retain_graph: true, create_graph: true)[0];
            var second = autograd.grad([gradient.sum()], [z])[0];
            var (value, slope, curvature) = Expected(gamma, margin);
            background.item<double>().ShouldBeClose(value, Tolerance.Of(type), $"{type}, value at {margin}");
            Evaluation.Numbers(gradient)[0].ShouldBeClose(-slope, Tolerance.Of(type), $"{type}, derivative at {margin}");
            Evaluation.Numbers(second)[0].ShouldBeClose(curvature, Tolerance.Of(type), $"{type}, second derivative at {margin}");
        }
    }

    private static (double Value, double Slope, double Curvature) Expected(double gamma, double t)
    {
        var power = Math.Exp(-Math.Abs(t));
        var (p, r) = t < 0 ? (power / (1 + power), 1 / (1 + power)) : (1 / (1 + power), power / (1 + power));
        var log = Math.Max(-t, 0) + Math.Log(1 + power);
        var weight = Math.Pow(r, gamma);
        var slope = (gamma * p * log) + r;
        return (weight * log, -weight * slope, p * weight * ((gamma * slope) - (r * ((gamma * log) - gamma - 1))));
    }
}
