using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>Lovász-softmax and clDice as their authors' code has them, in TorchSharp. Labels are int64 [N,*].</summary>
internal static class HandWrittenShapes
{
    private const int Iterations = 3;
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;

    /// <summary>The mean over the classes that the batch has; one sort for each.</summary>
    public static Tensor Lovasz(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var classes = logits.shape[1];
        var probabilities = functional.softmax(logits, 1).transpose(0, 1).reshape(classes, -1);
        var flat = labels.flatten();
        var losses = new List<Tensor>();
        for (var k = 0L; k < classes; k++)
        {
            using Scalar number = k;
            var truth = flat.eq(number).to(float32);
            if (truth.sum().item<float>() > 0)
            {
                var (errors, order) = truth.sub(probabilities.select(0, k)).abs().sort(0, descending: true);
                losses.Add(errors.dot(LovaszSlopes(truth.index_select(0, order))));
            }
        }

        return stack(losses).mean().MoveToOuterDisposeScope();
    }

    /// <summary>Soft clDice of each class over the batch, three erosions, one pixel of smoothing; the mean over the classes.</summary>
    public static Tensor ClDice(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var predicted = functional.softmax(logits, 1);
        var index = labels.unsqueeze(1);
        var target = zeros(logits.shape, float32).scatter_(1, index, ones(1, float32).expand(index.shape));
        var precision = Share(Skeleton(predicted), target);
        var sensitivity = Share(Skeleton(target), predicted);
        return precision.mul(sensitivity).mul(Two).div(precision.add(sensitivity, One)).neg().add(One, One).mean().MoveToOuterDisposeScope();
    }

    private static Tensor LovaszSlopes(Tensor sortedTruth)
    {
        var size = sortedTruth.sum();
        var intersection = size.sub(sortedTruth.cumsum(0));
        var union = size.add(sortedTruth.neg().add(One, One).cumsum(0), One);
        var jaccard = intersection.div(union).neg().add(One, One);
        return cat([jaccard.narrow(0, 0, 1), jaccard.diff(1, 0)]);
    }

    private static Tensor Share(Tensor skeleton, Tensor mask)
    {
        long[] axes = [0, .. Enumerable.Range(2, (int)mask.dim() - 2).Select(axis => (long)axis)];
        return skeleton.mul(mask).sum(axes).add(One, One).div(skeleton.sum(axes).add(One, One));
    }

    private static Tensor Skeleton(Tensor image)
    {
        var skeleton = functional.relu(image.sub(Open(image)));
        for (var i = 0; i < Iterations; i++)
        {
            image = Erode(image);
            var removed = functional.relu(image.sub(Open(image)));
            skeleton = skeleton.add(functional.relu(removed.sub(skeleton.mul(removed))), One);
        }

        return skeleton;
    }

    private static Tensor Open(Tensor image) => Largest(Erode(image), [.. Enumerable.Repeat(3L, (int)image.dim() - 2)]);

    private static Tensor Erode(Tensor image)
    {
        var axes = (int)image.dim() - 2;
        var negative = image.neg();
        return Enumerable.Range(0, axes)
            .Select(axis => Largest(negative, [.. Enumerable.Range(0, axes).Select(other => other == axis ? 3L : 1L)]))
            .Aggregate((largest, other) => largest.maximum(other)).neg();
    }

    private static Tensor Largest(Tensor image, long[] window)
    {
        long[] step = [.. window.Select(_ => 1L)];
        long[] padding = [.. window.Select(size => size / 2)];
        return window.Length == 3 ? functional.max_pool3d(image, window, step, padding) : functional.max_pool2d(image, window, step, padding);
    }
}
