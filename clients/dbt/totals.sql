{{ config(materialized='table') }}
select c.name, count(*) as orders, sum(o.amount) as total
from {{ source('sales', 'orders') }} o join {{ source('market', 'countries') }} c on c.code = o.country
group by 1 order by total desc
