using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Counts what a network finds in a set of pictures.</summary>
internal sealed class Evaluator(int batch)
{
    /// <param name="net">Left in evaluation mode.</param>
    /// <param name="pictures">All of them are predicted.</param>
    /// <param name="shown">Indices of the pictures whose predicted masks are wanted.</param>
    /// <param name="masks">Receives those masks.</param>
    public Counts[] Evaluate(UNet net, PictureSet pictures, IReadOnlyCollection<int> shown, Dictionary<int, byte[]> masks)
    {
        net.eval();
        using var withoutGradient = no_grad();
        var counts = new List<Counts>();
        foreach (var indices in Batches.InOrder(pictures.Count, batch))
        {
            using var scope = NewDisposeScope();
            var (logits, targets) = Predict(net, pictures, indices);
            var soft = logits.softmax(1).select(1, 1);
            var predicted = logits.select(1, 1) > logits.select(1, 0);
            var truth = targets > 0;
            var both = PerPicture(predicted.logical_and(truth));
            var (trueSizes, predictedSizes) = (PerPicture(truth), PerPicture(predicted));
            var softSizes = soft.to(ScalarType.Float64).sum([1L, 2L]).cpu().data<double>();
            for (var i = 0; i < indices.Length; i++)
            {
                counts.Add(new Counts(both[i], trueSizes[i], predictedSizes[i], softSizes[i], truth[0].numel()));
                if (shown.Contains((int)indices[i]))
                {
                    masks[(int)indices[i]] = predicted[i].to(ScalarType.Byte).cpu().data<byte>().ToArray();
                }
            }
        }

        return [.. counts];
    }

    /// <summary>A single picture is predicted twice: libtorch may warn about batches of one on standard error.</summary>
    private static (Tensor Logits, Tensor Targets) Predict(UNet net, PictureSet pictures, long[] indices)
    {
        var alone = indices.Length == 1;
        var (images, targets) = pictures.Batch(alone ? [indices[0], indices[0]] : indices);
        var logits = net.call(images);
        return alone ? (logits[..1], targets[..1]) : (logits, targets);
    }

    private static long[] PerPicture(Tensor flags) => flags.sum([1L, 2L], type: ScalarType.Int64).cpu().data<long>().ToArray();
}
