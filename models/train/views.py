"""Squares -> views of them: made thick, before other backgrounds, cropped, turned, in other light and colours, mixed.

A view is what a thumbnail or a photograph could have been. A quarter of all are left nearly as they are, since that is what
the network is for.
"""

import torch
import torch.nn.functional as F

SIDE = 192
ON_PHOTOGRAPHS = 0.28
# Of views of a kind, those whose flat things are made to look thick.
THICK = {"pictures": 0.3, "icons": 0.6}


def uniform(generator, low, high, *shape):
    return low + (high - low) * torch.rand(*shape, generator=generator)


def chance(generator, share, *shape):
    return torch.rand(*shape, generator=generator) < share


def backgrounds(generator, count, side, photos):
    """[count, 3, side, side] f32: mostly dark radial gradients as Sketchfab's, plain colours, white, photographs."""
    steps = torch.linspace(-1, 1, side)
    away = (steps[:, None] ** 2 + steps[None] ** 2).sqrt()
    grey = uniform(generator, 20, 80, count, 1, 1, 1) * (1.6 - uniform(generator, 0, 0.9, count, 1, 1, 1) * away)
    ground = grey.expand(count, 3, side, side).clone()
    kind = torch.rand(count, generator=generator)
    coloured = (kind > 0.44) & (kind < 0.64)
    ground[coloured] = uniform(generator, 0, 255, int(coloured.sum()), 3, 1, 1).expand(-1, 3, side, side)
    ground[(kind >= 0.64) & (kind < 1 - ON_PHOTOGRAPHS)] = 255
    on_photo = kind >= 1 - ON_PHOTOGRAPHS
    chosen = torch.randint(len(photos), (int(on_photo.sum()),), generator=generator)
    ground[on_photo] = photos[chosen][..., :3].permute(0, 3, 1, 2).float()
    return ground


def framed(generator, images, plain, side):
    """Crops, stretches, turns and mirrors."""
    count = len(images)
    scale = uniform(generator, 0.45, 1.1, count)
    scale = torch.where(plain, uniform(generator, 0.9, 1.02, count), scale)
    stretch = torch.exp(uniform(generator, -0.22, 0.22, count)) ** (~plain).float()
    angle = uniform(generator, -0.3, 0.3, count) * (chance(generator, 0.3, count) & ~plain)
    mirror = torch.where(chance(generator, 0.5, count), -1.0, 1.0)
    wide, high = scale * stretch.sqrt(), scale / stretch.sqrt()
    right, down = (uniform(generator, -1, 1, count) * (1 - scale).clamp(min=0) for _ in range(2))
    rows = [
        torch.stack([mirror * wide * angle.cos(), -high * angle.sin(), right], 1),
        torch.stack([mirror * wide * angle.sin(), high * angle.cos(), down], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), (count, 3, side, side), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False, padding_mode="reflection")


def coloured(generator, images, plain):
    """Changes light, contrast, its colour and saturation."""
    count = (len(images), 1, 1, 1)
    strength = torch.where(plain, 0.2, 1.0).view(count)
    images = images * (1 + strength * uniform(generator, -0.3, 0.3, *count))
    mean = images.mean((2, 3), keepdim=True)
    images = mean + (images - mean) * (1 + strength * uniform(generator, -0.3, 0.3, *count))
    images = images * (1 + strength * uniform(generator, -0.15, 0.15, len(images), 3, 1, 1))
    grey = images.mean(1, keepdim=True)
    return grey + (images - grey) * (1 + strength * uniform(generator, -0.8, 0.4, *count))


def mixed(generator, images, may_be):
    """Blends some with another."""
    count = (len(images), 1, 1, 1)
    share = torch.where(chance(generator, 0.35, *count) & may_be.view(count), torch.rand(*count, generator=generator), 1.0)
    return share * images + (1 - share) * images[torch.randperm(len(images), generator=generator)]


def blurred(planes, width):
    """[n, 1, side, side] f32, by a Gaussian of a width."""
    steps = torch.arange(-3 * width, 3 * width + 1)
    weights = torch.exp(-(steps**2) / (2 * width**2)).view(1, 1, 1, -1)
    for weights in (weights / weights.sum(), (weights / weights.sum()).transpose(2, 3)):
        high, wide = (side // 2 for side in weights.shape[2:])
        planes = F.conv2d(F.pad(planes, (wide, wide, high, high), mode="replicate"), weights)
    return planes


def thick(generator, squares):
    """[n, side, side, 4] u8, of flat things, as of things that bulge, shine and lie in the light."""
    channels = squares.permute(0, 3, 1, 2).float() / 255
    alpha, colours = channels[:, 3:], channels[:, :3]

    def some(low, high):
        return uniform(generator, low, high, len(squares), 1, 1, 1)

    bulge = sum(blurred(alpha, width) * width * share for width, share in ((3, 0.8), (8, 0.8), (20, 0.7)))
    height = bulge * some(0.6, 1.4) + blurred((colours * alpha).mean(1, keepdim=True), 2) * some(-4, 6)
    right = F.pad(height[..., 2:] - height[..., :-2], (1, 1, 0, 0)) / 2
    down = F.pad(height[..., 2:, :] - height[..., :-2, :], (0, 0, 1, 1)) / 2
    facing = (1 + right**2 + down**2).rsqrt()
    # From above, from any side but below.
    angle = some(-2.6, -0.5)
    light = (facing * (0.8 - 0.6 * (right * angle.cos() + down * angle.sin()))).clamp(min=0)
    shine = (2 * facing * light - 0.8).clamp(min=0) ** some(8, 30) * some(0, 0.5)
    shade = some(0.35, 0.6)
    colours = colours * (shade + (1.15 - shade) * light / 0.8) + shine
    return (torch.cat([colours.clamp(0, 1), alpha], 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)


def views(generator, squares, kinds, photos, side=SIDE):
    """[n, any, any, 4] u8 of kinds [n] -> [n, 3, side, side] u8, RGB. Drawings are not mixed, as their objects count."""
    is_thick = torch.rand(len(squares), generator=generator) < torch.tensor([THICK.get(kind, 0) for kind in kinds])
    squares[is_thick] = thick(generator, squares[is_thick])
    is_drawing = torch.from_numpy(kinds == "drawings")
    plain = chance(generator, 0.25, len(squares))
    channels = squares.permute(0, 3, 1, 2).float()
    alpha, colours = channels[:, 3:] / 255, channels[:, :3]
    ground = backgrounds(generator, len(squares), squares.shape[1], photos)
    images = framed(generator, colours * alpha + ground * (1 - alpha), plain, side)
    images = mixed(generator, coloured(generator, images, plain), ~plain & ~is_drawing)
    return images.clamp(0, 255).round().to(torch.uint8)
