using System.Text;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class SafeTensorsTests
{
    [Fact]
    public void WhatIsWritten_IsRead()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        (string, Tensor)[] tensors =
        [
            ("a", randn(3, 4)), ("b", tensor(7L)), ("c", randn(4, 3).t()), ("d", randn(5, ScalarType.Float64)), ("e", arange(3, ScalarType.Int64).eq(1)),
            ("f", zeros(0, 3)), ("g", randn(2).to(ScalarType.BFloat16)), ("h", arange(9, ScalarType.Byte).reshape(3, 3)),
        ];
        SafeTensors.Write(folder["x.safetensors"], "a \"text\" with ä", tensors);
        var (text, read) = SafeTensors.Read(folder["x.safetensors"]);
        text.Should().Be("a \"text\" with ä");
        read.Should().HaveCount(tensors.Length);
        foreach (var (name, value) in tensors)
        {
            read[name].dtype.Should().Be(value.dtype);
            read[name].Equals(value).Should().BeTrue(name);
        }
    }

    [Fact]
    public void AnotherReader_AgreesWithTheWriter()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var written = nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)));
        using var read = nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)));
        SafeTensors.Write(folder["x.safetensors"], "", written.state_dict().Select(entry => (entry.Key, entry.Value)));
        read.load_safetensors(folder["x.safetensors"]);
        foreach (var (name, value) in read.state_dict())
        {
            value.Equals(written.state_dict()[name]).Should().BeTrue(name);
        }
    }

    [Fact]
    public void ADamagedFile_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        SafeTensors.Write(path, "text", [("a", arange(100, ScalarType.Float32))]);
        var whole = File.ReadAllBytes(path);
        byte[][] damaged = [[], whole[..7], whole[..40], whole[..^1], [.. whole, 0], Changed(whole, whole.Length - 3), Changed(whole, 2), Changed(whole, Array.IndexOf(whole, (byte)'t'))];
        foreach (var bytes in damaged)
        {
            File.WriteAllBytes(path, bytes);
            var read = () => SafeTensors.Read(path);
            read.Should().Throw<InvalidDataException>("{0} of {1} bytes", bytes.Length, whole.Length);
        }
    }

    /// <summary>The format has every byte belong to one tensor: else a small file could ask for much memory.</summary>
    [Theory]
    [InlineData("[0,8]", "[8,16]", true)]
    [InlineData("[8,16]", "[0,8]", true)]
    [InlineData("[0,8]", "[0,8]", false)]
    [InlineData("[0,8]", "[4,12]", false)]
    [InlineData("[0,8]", "[12,20]", false)]
    [InlineData("[4,12]", "[12,20]", false)]
    [InlineData("[0,8]", "[8,0]", false)]
    public void Places_FollowOneAnother(string first, string second, bool isWhole)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var end = new[] { first, second }.SelectMany(place => place.Trim('[', ']').Split(',').Select(int.Parse)).Max();
        string Entry(string place) => $$"""{"dtype":"F32","shape":[2],"data_offsets":{{place}}}""";
        var header = Encoding.UTF8.GetBytes($$"""{"a":{{Entry(first)}},"b":{{Entry(second)}}}""");
        File.WriteAllBytes(folder["x.safetensors"], [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[end]]);
        var read = () => SafeTensors.Read(folder["x.safetensors"]);
        if (isWhole)
        {
            read().Tensors.Keys.Should().BeEquivalentTo("a", "b");
        }
        else
        {
            read.Should().Throw<InvalidDataException>();
        }
    }

    private static byte[] Changed(byte[] content, int at)
    {
        var copy = content.ToArray();
        copy[at] ^= 0x11;
        return copy;
    }
}
