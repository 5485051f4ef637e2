namespace SegLossBias.Tests.Metrics;

/// <summary>How much of each line lies in the other mask, counted in a loop.</summary>
internal static class PlainCenterline
{
    internal static (double Precision, double Sensitivity, double ClDice) Of(MaskPair pair)
    {
        var (predicted, truth) = (Thinning.Compute(pair.Prediction, pair.Shape), Thinning.Compute(pair.Target, pair.Shape));
        var (p, t, hitP, hitT) = (0, 0, 0, 0);
        for (var i = 0; i < predicted.Length; i++)
        {
            p += predicted[i] ? 1 : 0;
            t += truth[i] ? 1 : 0;
            hitP += predicted[i] && pair.Target[i] ? 1 : 0;
            hitT += truth[i] && pair.Prediction[i] ? 1 : 0;
        }

        var (precision, sensitivity) = ((double)hitP / p, (double)hitT / t);
        return (precision, sensitivity, p + t == 0 ? double.NaN : hitP == 0 || hitT == 0 ? 0 : 2 / ((1 / precision) + (1 / sensitivity)));
    }
}
