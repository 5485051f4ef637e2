using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Diagnostics;

/// <summary>Sizes and shares of the gradient against plain loops; streaming, merged and saved diagnostics are the same.</summary>
public sealed class RegionSizeDiagnosticsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Sizes_AreThoseOfPlainLoops(SegmentationMode mode)
    {
        double[] edges = [0.1, 0.3];
        var diagnostics = new RegionSizeDiagnostics { Edges = edges };
        using var loss = new RceL1Loss { Mode = mode, IgnoreIndex = Scene.Ignore };
        var images = new List<(string Region, double Truth, double Predicted)>();
        for (var seed = 1; seed <= 4; seed++)
        {
            var scene = Scenes.Fixed(mode, [3, mode == SegmentationMode.Binary ? 1 : 3, 2, 3], seed, ignored: 0.3);
            diagnostics.AddSizes(loss, scene.LogitsTensor(), scene.TargetTensor());
            images.AddRange(from image in Enumerable.Range(0, 3)
                            from region in PlainRegion.All(scene, image)
                            where region.ValidSize > 0
                            select (Name(region), region.TargetProportion(), region.PredictedProportion()));
        }

        var bins = diagnostics.Sizes;
        bins.Sum(bin => bin.Images).Should().Be(images.Count);
        bins.Select(bin => (bin.Above, bin.Most)).Should().Contain([(0.1, 0.3), (0.3, 1)]);
        (bins.Any(bin => bin.Most == 0) || mode == SegmentationMode.Binary).Should().BeTrue("a class is absent now and then");
        foreach (var bin in bins)
        {
            var own = images.Where(image => image.Region == bin.Region && (bin.Most == 0 ? image.Truth == 0 : image.Truth > bin.Above && image.Truth <= bin.Most)).ToArray();
            own.Should().HaveCount((int)bin.Images);
            bin.TrueProportion.ShouldMatch(own.Average(image => image.Truth));
            bin.PredictedProportion.ShouldMatch(own.Average(image => image.Predicted));
            bin.SignedError.ShouldMatch(own.Average(image => image.Predicted - image.Truth));
            bin.AbsoluteError.ShouldMatch(own.Average(image => Math.Abs(image.Predicted - image.Truth)));
            if (bin.Most == 0)
            {
                (bin.RelativeError, bin.AbsoluteRelativeError).Should().Be((double.NaN, double.NaN));
            }
            else
            {
                bin.RelativeError.ShouldMatch(own.Average(image => (image.Predicted - image.Truth) / image.Truth));
                bin.AbsoluteRelativeError.ShouldMatch(own.Average(image => Math.Abs(image.Predicted - image.Truth) / image.Truth));
            }
        }
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, "hard")]
    [InlineData(SegmentationMode.Multiclass, "soft, weights")]
    [InlineData(SegmentationMode.Binary, "hard")]
    [InlineData(SegmentationMode.Binary, "soft")]
    [InlineData(SegmentationMode.Multilabel, "hard")]
    [InlineData(SegmentationMode.Multilabel, "weights of channels")]
    public void Gradients_AreThoseOfPlainLoops(SegmentationMode mode, string kind)
    {
        var diagnostics = new RegionSizeDiagnostics();
        using var loss = new SegmentationLoss(new CrossEntropy() + (0.5 * new Dice()) + (Schedule.Linear(0, 4, 4) * new RegionSizeL1())) { Mode = mode, IgnoreIndex = Scene.Ignore, Epoch = 3 };
        var channels = mode == SegmentationMode.Binary ? 1 : 3;
        var regions = mode == SegmentationMode.Multiclass ? channels : 2 * channels;
        var expected = Enumerable.Range(0, 4).Select(_ => new double[regions]).ToArray();
        for (var seed = 1; seed <= 2; seed++)
        {
            var scene = RichScenes.Make(Scenes.Fixed(mode, [2, channels, 3, 4], seed, ignored: 0.2), kind, seed);
            diagnostics.Add(loss, scene.LogitsTensor().requires_grad_(true), scene.Target());
            LossSum[] terms = [new CrossEntropy(), 0.5 * new Dice(), 3 * new RegionSizeL1(), new LossSum(loss.Terms)];
            for (var term = 0; term < terms.Length; term++)
            {
                using var alone = new SegmentationLoss(terms[term]) { Mode = mode, IgnoreIndex = Scene.Ignore, Epoch = 3 };
                AddEnergy(scene, scene.Evaluate(alone).Gradient, expected[term]);
            }
        }

        var gradients = diagnostics.Gradients;
        gradients.Select(gradient => gradient.Term).Should().Equal("CE", "Dice", "L1", "all");
        diagnostics.Batches.Should().Be(2);
        var norms = expected.Select(energy => Math.Sqrt(energy.Sum() / 2)).ToArray();
        for (var term = 0; term < 4; term++)
        {
            gradients[term].Norm.ShouldMatch(norms[term], gradients[term].Term);
            gradients[term].Share.ShouldMatch(norms[term] / norms.Take(3).Sum(), gradients[term].Term);
            gradients[term].Regions.ShouldMatch([.. expected[term].Select(energy => energy / expected[term].Sum())], gradients[term].Term);
        }
    }

    /// <summary>A small lesion in a large background: with cross-entropy alone, what pulls at its pixels is a small part of the whole.</summary>
    [Fact]
    public void TheBackground_DrownsTheLesion()
    {
        var (logits, labels) = (zeros([1, 2, 1000], ScalarType.Float64, CPU), zeros([1, 1000], ScalarType.Int64, CPU));
        labels[0, 7] = tensor(1L);
        var diagnostics = new RegionSizeDiagnostics();
        using var loss = new SegmentationLoss(new CrossEntropy());
        diagnostics.Add(loss, logits, labels);

        // Each pixel has the same gradient, ±1/2 · 1/1000.
        diagnostics.Gradients[0].Regions.ShouldMatch([0.999, 0.001]);
        diagnostics.Gradients[0].Norm.ShouldMatch(Math.Sqrt(0.5 / 1000));
        diagnostics.ToString().Split(Environment.NewLine).Should().Equal(
            "region   true size         images        ŷ       p̂      p̂−ŷ    |p̂−ŷ|  (p̂−ŷ)/ŷ",
            "0        (0.1, 1]               1   0.9990  0.5000  -0.4990   0.4990   -49.9%",
            "1        (0, 0.001]             1   0.0010  0.5000  +0.4990   0.4990 +49900.0%",
            "",
            "gradient           norm   share   of it in       0       1",
            "CE             2.236e-2  100.0%              99.9%    0.1%",
            "all            2.236e-2  100.0%              99.9%    0.1%");
    }

    [Fact]
    public void MergedAndSaved_AreTheSame()
    {
        var (whole, first, second) = (new RegionSizeDiagnostics(), new RegionSizeDiagnostics(), new RegionSizeDiagnostics());
        using var loss = new RceL1Loss { IgnoreIndex = Scene.Ignore };
        for (var seed = 1; seed <= 4; seed++)
        {
            var scene = Scenes.Usual(SegmentationMode.Multiclass, seed, ignored: 0.2);
            whole.Add(loss, scene.LogitsTensor(), scene.TargetTensor());
            (seed < 3 ? first : second).Add(loss, scene.LogitsTensor(), scene.TargetTensor());
        }

        var file = Path.Combine(_folder.FullName, "sizes.json");
        first.Save(file);
        var loaded = RegionSizeDiagnostics.Load(file);
        loaded.ToString().Should().Be(first.ToString());
        loaded.Merge(second);
        loaded.ToString().Should().Be(whole.ToString());
        loaded.Sizes.SelectMany(Numbers).ToArray().ShouldMatch([.. whole.Sizes.SelectMany(Numbers)]);
        loaded.Gradients.SelectMany(gradient => gradient.Regions.Append(gradient.Norm)).ToArray().ShouldMatch([.. whole.Gradients.SelectMany(gradient => gradient.Regions.Append(gradient.Norm))]);

        new RegionSizeDiagnostics().Save(file);
        RegionSizeDiagnostics.Load(file).Sizes.Should().BeEmpty();
        var empty = new RegionSizeDiagnostics();
        empty.Merge(whole);
        empty.ToString().Should().Be(whole.ToString());
        Directory.GetFiles(_folder.FullName).Should().ContainSingle("the file that was written beside it is gone");

        static double[] Numbers(SizeBin bin) => [bin.Images, bin.TrueProportion, bin.PredictedProportion, bin.AbsoluteError];
    }

    [Fact]
    public void WhatDoesNotFit_IsRefused_AndLeavesAllAsItWas()
    {
        var diagnostics = new RegionSizeDiagnostics();
        using var loss = new RceL1Loss();
        using var other = new RceKlLoss();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        diagnostics.Add(loss, logits, target);
        var before = diagnostics.ToString();
        diagnostics.Invoking(d => d.Add(other, logits, target)).Should().Throw<ArgumentException>().WithMessage("*terms CE, L1, but*CE, KL*");
        diagnostics.Invoking(d => d.Add(loss, cat([logits, logits], 1), target)).Should().Throw<ArgumentException>().WithMessage("*3 channels*6*");
        diagnostics.Invoking(d => d.Add(loss, logits, full_like(target, 9))).Should().Throw<ArgumentException>().WithMessage("*label 9*");
        diagnostics.Invoking(d => d.Merge(new RegionSizeDiagnostics { Edges = [0.5] })).Should().Throw<ArgumentException>().WithMessage("*bins*");
        diagnostics.ToString().Should().Be(before);
        var edges = () => new RegionSizeDiagnostics { Edges = [0.5, 0.1] };
        edges.Should().Throw<ArgumentException>().WithMessage("*ascend*0.5, 0.1*");

        var file = Path.Combine(_folder.FullName, "wrong.json");
        diagnostics.Save(file);
        foreach (var (from, to) in new[] { ("\"channels\":3", "\"channels\":4"), ("\"edges\":[", "\"edges\":[2,"), ("RegionSizeDiagnostics", "OverlapMetrics"), ("{", "") })
        {
            File.WriteAllText(file + "2", File.ReadAllText(file).Replace(from, to, StringComparison.Ordinal));
            var load = () => RegionSizeDiagnostics.Load(file + "2");
            load.Should().Throw<InvalidDataException>().WithMessage("*ave them again*");
        }
    }

    [Fact]
    public void Add_LeavesNothingBehind_NorAGradient()
    {
        var diagnostics = new RegionSizeDiagnostics();
        using var loss = new RceL1Loss { IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        LiveHandles.LeftBy(() => diagnostics.Add(loss, logits, target)).Should().Be(0);
        LiveHandles.LeftBy(() => diagnostics.Invoking(d => d.Add(loss, logits, full_like(target, 9))).Should().Throw<ArgumentException>()).Should().Be(1, "the wrong target of this test");
        (logits.grad is null).Should().Be(true);
    }

    private static string Name(PlainRegion region) => region.Scene.Mode switch
    {
        SegmentationMode.Binary => region.IsBackground ? "0" : "1",
        _ => region.IsBackground ? $"not {region.Class}" : $"{region.Class}",
    };

    private static void AddEnergy(Scene scene, double[] gradient, double[] energy)
    {
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                for (var k = 0L; k < scene.Classes; k++)
                {
                    var square = gradient[scene.At(image, k, pixel)] * gradient[scene.At(image, k, pixel)];
                    for (var own = 0L; own < scene.Classes && scene.Weight(image, k, pixel) > 0; own++)
                    {
                        if (scene.Mode == SegmentationMode.Multiclass)
                        {
                            energy[own] += square * scene.Membership(image, own, pixel);
                        }
                        else if (own == k)
                        {
                            energy[k] += square * scene.Membership(image, k, pixel);
                            energy[scene.Classes + k] += square * (1 - scene.Membership(image, k, pixel));
                        }
                    }
                }
            }
        }
    }
}
