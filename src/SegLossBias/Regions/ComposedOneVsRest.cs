using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The focal sums of each exclusive class against the rest, without a one-hot tensor: the foregrounds need only the
/// logit of the true class, the backgrounds all logits but that one, which −∞ takes out.
/// </summary>
internal sealed class ComposedOneVsRest(Tensor logits, FlatInput input, Func<Tensor, Tensor> sumByLabel)
{
    private static readonly Scalar MinusInfinity = double.NegativeInfinity.ToScalar();

    internal Tensor Focal(double gamma, bool background)
    {
        using var index = input.Labels.unsqueeze(1);
        if (!background)
        {
            using var trueClass = logits.gather(1, index);
            using var truthLogit = trueClass.squeeze(1);
            return sumByLabel(FocalTerm.FromSigmoid(truthLogit, gamma));
        }

        using var nothing = full([1, 1, 1], MinusInfinity, logits.dtype, logits.device);
        using var everywhere = nothing.expand(index.shape);
        using var others = logits.scatter(1, index, everywhere);
        using var wrong = others.neg();
        using var terms = FocalTerm.FromSigmoid(wrong, gamma);
        using var valid = terms.ZeroWhere(input.Ignored?.unsqueeze(1));
        return valid.sum(2).to(StatisticsType.On(input.Device));
    }
}
